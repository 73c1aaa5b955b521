/** `npm run build:console`: builds the console into `console/dist`, unless it is up to date. */
import { buildConsoleHere } from '../local/console-build.ts';
import { readOptions } from '../local/options.ts';

readOptions(import.meta.filename, {});
await buildConsoleHere((line) => console.log(line));
