// Checks the arguments of `./build.sh bench`; its status tells whether they are right.
import { readOptions } from './options.mjs';

readOptions(process.argv.slice(2));
