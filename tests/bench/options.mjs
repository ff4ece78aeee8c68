// The benchmark's command line. Plain JavaScript, so that build.sh can have it checked before anything is built.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

export const partNames = /** @type {const} */ (['size', 'start', 'first', 'exact', 'batch', 'codes', 'add']);
export const placeNames = /** @type {const} */ (['node', 'chromium', 'firefox', 'webkit']);

/**
 * What the command line asks for. Ends the process with one line where it asks for what there is not.
 *
 * @param {string[]} args
 */
export function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        in: { type: 'string', default: 'node,chromium,firefox' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    });
    if (values.json !== undefined) checkFile(values.json);
    return {
      parts: chosen(partNames, positionals.length > 0 ? positionals : partNames, 'part'),
      places: chosen(placeNames, values.in.split(','), 'place'),
      quick: values.quick,
      json: values.json,
    };
  } catch (error) {
    console.error(`bench: ${error.message}`);
    process.exit(1);
  }
}

/**
 * @template {string} Name
 * @param {readonly Name[]} from
 * @param {readonly string[]} names
 * @param {string} what
 * @returns {Name[]}
 */
function chosen(from, names, what) {
  return names.map((name) => {
    const known = from.find((each) => each === name);
    if (known !== undefined) return known;
    const hint = name === 'kernels' ? ' (kernels is measured by itself)' : '';
    throw new RangeError(`no ${what} "${name}"${hint}: there are ${from.join(', ')}`);
  });
}

/** @param {string} file that is to be written */
function checkFile(file) {
  const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder(dirname(file))) throw new RangeError(`--json ${file}: there is no folder ${dirname(file)}`);
  if (isFolder(file)) throw new RangeError(`--json ${file}: this is a folder`);
}
