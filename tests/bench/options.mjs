// The benchmark's command line. Plain JavaScript, so that build.sh can have it checked before anything is built.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

export const partNames = /** @type {const} */ ([
  'size',
  'start',
  'first',
  'exact',
  'batch',
  'codes',
  'add',
  'graph',
  'collection',
  'store',
]);
/** Those that are measured where none is named: graphs take other packages an hour to build. */
const usualParts = partNames.filter((name) => !['graph', 'collection', 'store'].includes(name));
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
        data: { type: 'string' },
        only: { type: 'string', default: '' },
        sets: { type: 'string', default: '' },
        figures: { type: 'string' },
        json: { type: 'string' },
      },
    });
    if (values.json !== undefined) checkFile(values.json);
    if (values.data !== undefined && !isFolder(values.data)) {
      throw new RangeError(`--data ${values.data}: there is no such folder`);
    }
    if (values.figures !== undefined && !isFolder(values.figures)) {
      throw new RangeError(`--figures ${values.figures}: there is no such folder`);
    }
    return {
      parts: chosen(partNames, positionals.length > 0 ? positionals : usualParts, 'part'),
      places: chosen(placeNames, values.in.split(','), 'place'),
      quick: values.quick,
      data: values.data,
      only: values.only,
      sets: values.sets,
      figures: values.figures,
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
  if (!isFolder(dirname(file))) throw new RangeError(`--json ${file}: there is no folder ${dirname(file)}`);
  if (isFolder(file)) throw new RangeError(`--json ${file}: this is a folder`);
}

/** @param {string} path */
function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
