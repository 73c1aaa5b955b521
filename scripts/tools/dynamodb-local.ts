import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../testing/free-port.ts';
import { CommandFailed, run } from './run.ts';

/** The release that the store's tests run against. */
const RELEASE = '3.1.0';
const MAIN = join(import.meta.dirname, 'DynamoDbLocal.java');

/** A Maven project whose only dependency is DynamoDB Local, so that Maven downloads it. */
const PROJECT = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>order-loop</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${RELEASE}</version>
    </dependency>
  </dependencies>
</project>
`;

/** DynamoDB Local is not available here. */
export class NoDynamoDbLocal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoDynamoDbLocal';
  }
}

/**
 * Downloads DynamoDB Local from Maven Central into a folder. Its licence allows use but not redistribution, so this
 * repository contains no copy.
 *
 * @returns the folder of its libraries
 * @throws NoDynamoDbLocal without Java or Maven, or when the package repository is not reachable
 */
export async function fetchDynamoDbLocal(folder: string): Promise<string> {
  const libraries = join(folder, 'libraries');
  await writeFile(join(folder, 'pom.xml'), PROJECT);
  const copy = [
    '--quiet',
    '--batch-mode',
    '--strict-checksums',
    'dependency:copy-dependencies',
    `-DoutputDirectory=${libraries}`,
  ];
  try {
    await run('java', ['-version'], { seconds: 20 });
    await run('mvn', copy, { seconds: 300, folder });
  } catch (error) {
    if (error instanceof CommandFailed) throw new NoDynamoDbLocal(error.message);
    throw error;
  }
  return libraries;
}

/** A running DynamoDB Local that keeps its tables in memory. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts it on a free port of the loopback interface and waits until it answers.
 *
 * @throws Error with its output when it does not start
 */
export async function startDynamoDbLocal(libraries: string): Promise<DynamoDbLocal> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const program = [`-Djava.library.path=${libraries}`, '-cp', join(libraries, '*'), MAIN];
  const child = spawn('java', [...program, '-inMemory', '-disableTelemetry', '-port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const deadlines = Date.now() + 60_000;
  while ((await fetch(endpoint).catch(() => null)) === null) {
    if (child.exitCode === null && Date.now() < deadlines) {
      await new Promise((resume) => setTimeout(resume, 100));
      continue;
    }
    await stop();
    throw new Error(`DynamoDB Local did not start:\n${output.slice(-4000)}`);
  }
  return { endpoint, stop };
}
