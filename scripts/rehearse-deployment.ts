/**
 * Rehearses the deployment: `npm run test:deploy`. Deploys the synthesized app with the ordinary CDK CLI to MiniStack with
 * permissions enforced, runs an order through the deployed API from received to closed, and deploys once more, which must
 * change nothing. Uses the MiniStack at `AWS_ENDPOINT_URL` if set, otherwise installs and starts one and removes it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../local/options.ts';
import { fitToMiniStack } from './rehearsal/assembly.ts';
import { Deployment } from './rehearsal/deployment.ts';
import { DeployedLoop } from './rehearsal/loop.ts';
import { type Cloud, NoCloud, startMiniStack } from './rehearsal/ministack.ts';
import { closeOneOrder } from './rehearsal/order.ts';

/** Exit code when the rehearsal could not take place, in contrast to a failed one. */
const NO_CLOUD = 3;

readOptions(import.meta.filename, {});
const began = Date.now();
const folder = await mkdtemp(join(tmpdir(), 'order-loop-rehearsal-'));
let cloud: Cloud | undefined;

const interrupted = () => {
  process.exitCode = 130;
  void end();
};
process.once('SIGINT', interrupted);
process.once('SIGTERM', interrupted);

try {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  cloud = endpoint === undefined ? await startMiniStack(folder) : given(endpoint);
  say(`the emulator answers at ${cloud.endpoint}`);
  await rehearse(cloud);
} catch (error) {
  process.exitCode = error instanceof NoCloud ? NO_CLOUD : 1;
  process.stderr.write(`${error instanceof NoCloud ? error.message : (error as Error).stack}\n`);
  // A timeout is often a denied call.
  for (const denied of (await cloud?.denials()) ?? []) process.stderr.write(`denied: ${denied}\n`);
} finally {
  await end();
}

/** A MiniStack started by somebody else; its log is not available here. */
function given(endpoint: string): Cloud {
  return { endpoint, denials: async () => [], stop: async () => {} };
}

async function rehearse(cloud: Cloud): Promise<void> {
  const deployment = new Deployment(folder, cloud.endpoint);
  await deployment.synthesize();
  for (const change of await fitToMiniStack(deployment.assembly)) say(`not on MiniStack: ${change}`);
  say('not on MiniStack: the site of the console, which is left out');
  await deployment.bootstrap();
  const first = await deployment.deploy();
  say(`cdk deploy: ${first.stacks} stacks, ${first.changed} changed`);

  const loop = new DeployedLoop(cloud.endpoint, await deployment.outputs());
  await loop.signIn();
  await closeOneOrder(loop, began, say);

  const [denied] = await cloud.denials();
  if (denied !== undefined) throw new Error(`a policy lacks a permission: ${denied}`);

  const second = await deployment.deploy();
  if (second.stacks !== first.stacks || second.changed !== 0) {
    throw new Error(`the second cdk deploy changed ${second.changed} of ${second.stacks} stacks`);
  }
  say('a second cdk deploy changed nothing');
}

async function end(): Promise<void> {
  await cloud?.stop();
  await rm(folder, { recursive: true, force: true });
}

function say(text: string): void {
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}
