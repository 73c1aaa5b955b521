import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program failed, was not found, or exceeded its time. */
export class CommandFailed extends Error {
  constructor(command: string, reason: string, output: string) {
    super(`${command}: ${reason}\n${output.slice(-4000)}`.trim());
    this.name = 'CommandFailed';
  }
}

export interface RunOptions {
  /** Timeout. */
  readonly seconds: number;
  readonly env?: NodeJS.ProcessEnv;
  /** @default the current one */
  readonly folder?: string;
}

/**
 * Runs a program to completion.
 *
 * @returns its output, stdout and stderr combined
 * @throws CommandFailed
 */
export async function run(
  command: string,
  parameters: readonly string[],
  { seconds, env = process.env, folder }: RunOptions,
): Promise<string> {
  const child = spawn(command, parameters, {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const shown = [command, ...parameters].join(' ');
  let code: number | null;
  try {
    [code] = (await once(child, 'close')) as [number | null];
  } catch (error) {
    throw new CommandFailed(shown, (error as Error).message, output);
  }
  if (code === null) throw new CommandFailed(shown, `ended by a signal, or longer than ${seconds} s`, output);
  if (code !== 0) throw new CommandFailed(shown, `ended with ${code}`, output);
  return output;
}
