import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../tools/run.ts';
import { ACCOUNT, CREDENTIALS, REGION } from './account.ts';

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));

/** The stage of the rehearsal; it collides with no real one. */
const STAGE = 'rehearsal';

/** The outputs of the deployed stacks, by name. */
export type Outputs = Readonly<Record<string, string>>;

/** The ordinary CDK CLI with another endpoint. */
export class Deployment {
  private readonly folder: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor(folder: string, endpoint: string) {
    this.folder = folder;
    this.environment = {
      ...CREDENTIALS,
      HOME: folder,
      TMPDIR: folder,
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      // Its settings are those of its command, whatever stages there are.
      STAGES_FOLDER: join(this.folder, 'stages'),
    };
  }

  /** Folder of the cloud assembly. */
  get assembly(): string {
    return join(this.folder, 'cdk.out');
  }

  async synthesize(): Promise<void> {
    // MiniStack has no CloudFront in front of an API, and no function that copies files into a bucket.
    const settings = ['-c', `stage=${STAGE}`, '-c', 'hostConsole=false'];
    await this.cdk(600, 'synth', '--quiet', '--output', this.assembly, ...settings);
  }

  async bootstrap(): Promise<void> {
    await this.cdk(120, 'bootstrap', `aws://${ACCOUNT}/${REGION}`);
  }

  /** @returns the number of stacks, and of changed stacks. */
  async deploy(): Promise<{ readonly stacks: number; readonly changed: number }> {
    const output = await this.cdk(
      300,
      'deploy',
      '--app',
      this.assembly,
      '--all',
      '--require-approval',
      'never',
      '--outputs-file',
      this.outputsFile,
    );
    const done = output.split('\n').filter((line) => line.includes('✅'));
    return {
      stacks: done.length,
      changed: done.filter((line) => !line.includes('(no changes)')).length,
    };
  }

  /** The outputs of all stacks. */
  async outputs(): Promise<Outputs> {
    const byStack = JSON.parse(await readFile(this.outputsFile, 'utf8')) as Record<string, Outputs>;
    return Object.assign({}, ...Object.values(byStack)) as Outputs;
  }

  private get outputsFile(): string {
    return join(this.folder, 'outputs.json');
  }

  private cdk(seconds: number, ...parameters: readonly string[]): Promise<string> {
    const cdk = [CDK, '--no-color', '--no-notices', '--no-version-reporting'];
    return run(process.execPath, [...cdk, ...parameters], { seconds, env: this.environment });
  }
}
