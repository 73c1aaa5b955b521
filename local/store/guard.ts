/**
 * Runs the command that its parameters name, and ends it when the standard input ends: whoever holds the other side of
 * that pipe is gone then, even by `kill -9`. Ends with the command's exit code.
 */
import { spawn } from 'node:child_process';

const [command = '', ...parameters] = process.argv.slice(2);
const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', () => child.kill()).resume();
