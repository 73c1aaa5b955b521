/**
 * Scans what would be deployed: `npm run scan`. Synthesizes the stacks and runs cfn-lint, which knows the rules of
 * CloudFormation, and checkov, which knows security practices, on the templates. Installs both for the scan. Exceptions
 * are in `.cfnlintrc.yaml` and `.checkov.yaml`, with their reasons.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions } from '../local/options.ts';
import { installPrograms, NoPython } from './tools/python.ts';
import { CommandFailed, run } from './tools/run.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Exit code when the scan could not take place, in contrast to findings in the templates. */
const NO_SCAN = 3;

/** The loop with default settings, and with everything that is off by default, so that both are scanned. */
const LOOPS: readonly (readonly string[])[] = [
  [],
  [
    'stage=scanned',
    'alarmEmail=on-call@example.com',
    'release=canary',
    'webhookConcurrency=5',
    'encryptionKeyArn=arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000',
    'domainName=orders.example.com',
    'certificateArn=arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000',
  ],
];

readOptions(import.meta.filename, {});
const folder = await mkdtemp(join(tmpdir(), 'order-loop-scan-'));
try {
  await scan(await installPrograms(folder, 'scan'));
} catch (error) {
  process.exitCode = 1;
  if (error instanceof CommandFailed) {
    process.stderr.write(`${error.message}\n`);
  } else if (error instanceof NoPython) {
    process.exitCode = NO_SCAN;
    process.stderr.write(
      `The scanners are not available: ${error.message}\nThe scan needs Python 3.11 or newer with a reachable package index.\n`,
    );
  } else {
    throw error;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @throws CommandFailed with the findings */
async function scan(programs: string): Promise<void> {
  const options = {
    folder: ROOT,
    env: {
      ...process.env,
      // Neither reads settings from nor writes to the home folder.
      HOME: folder,
      TMPDIR: folder,
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    },
  };
  const templates: string[] = [];
  for (const [index, settings] of LOOPS.entries()) {
    const assembly = join(folder, `cdk.out-${index}`);
    const cdk = [join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), 'synth', '--quiet', '--no-notices'];
    const context = settings.flatMap((setting) => ['-c', setting]);
    await run(process.execPath, [...cdk, '--output', assembly, ...context], { ...options, seconds: 180 });
    const files = await readdir(assembly);
    templates.push(
      ...files.filter((file) => file.endsWith('.template.json')).map((file) => join(assembly, file)),
    );
  }
  await run(join(programs, 'cfn-lint'), ['--config-file', join(ROOT, '.cfnlintrc.yaml'), ...templates], {
    ...options,
    seconds: 240,
  });
  process.stdout.write(`cfn-lint has no findings in ${templates.length} templates\n`);
  const checks = [
    '--config-file',
    join(ROOT, '.checkov.yaml'),
    ...templates.flatMap((one) => ['--file', one]),
  ];
  const output = await run(join(programs, 'checkov'), checks, { ...options, seconds: 600 });
  process.stdout.write(`checkov: ${/Passed checks: .*/.exec(output)?.[0] ?? 'nothing to check'}\n`);
}
