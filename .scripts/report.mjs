// What a report in GoogleTest's or Vitest's JSON tells: a line with the counts of passed and failed tests, then each
// that failed, with the first lines of its failures.
//   node .scripts/report.mjs REPORT
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const failures = report.testResults
  ? report.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const failed = assertionResults
        .filter((test) => test.status === 'failed')
        .map((test) => ({ title: test.fullName, messages: test.failureMessages }));
      // A file that could not be run has no tests, and a message of its own.
      return status === 'failed' && failed.length === 0 ? [{ title: name, messages: [message] }] : failed;
    })
  : report.testsuites.flatMap(({ testsuite }) =>
      testsuite
        .filter((test) => test.failures)
        .map((test) => ({
          title: `${test.classname}.${test.name}`,
          messages: test.failures.map(({ failure }) => failure),
        })),
    );
const failedCount = report.numFailedTests ?? report.failures + (report.errors ?? 0);
const passedCount = report.numPassedTests ?? report.tests - failedCount - report.disabled;

console.log(passedCount, failedCount);
for (const { title, messages } of failures) {
  console.log(`  ${title}`);
  for (const message of messages) {
    for (const line of message.split('\n').slice(0, 12)) console.log(`    ${line}`);
  }
}
