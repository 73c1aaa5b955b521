/** `npm run build:console`: builds the console into `console/dist`, unless it is built already. */
import { buildConsole } from '../local/console-build.ts';

await buildConsole((line) => console.log(line));
