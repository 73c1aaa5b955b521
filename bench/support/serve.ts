/** A loop in a process of its own; ends with the process that started it, whose pipe it reads. */
import { createInterface } from 'node:readline';
import { SCOPES } from '../../contract/routes.ts';
import { type LocalStackOptions, startLocalStack } from '../../local/stack.ts';
import { openContendedStore } from './contended-store.ts';

export interface ServeOptions extends LocalStackOptions {
  /** Let transactions on one item at once conflict, and partitions throttle, as DynamoDB's do. @default false */
  readonly contended?: boolean;
}

const { contended, ...options } = JSON.parse(process.argv[2] ?? '{}') as ServeOptions;
const stack = await startLocalStack(options);
const { url, storeEndpoint, tableName } = stack;
const store = contended === true ? await openContendedStore(storeEndpoint) : null;
// The functions look their store up at their first request, which is still to come.
if (store !== null) process.env.AWS_ENDPOINT_URL_DYNAMODB = store.endpoint;
const token = await stack.token(SCOPES.join(' '), 'bench');
console.log(JSON.stringify({ url, storeEndpoint, tableName, token }));
// Each line asks what was refused since the line before.
const lines = createInterface(process.stdin);
lines.on('line', () => console.log(JSON.stringify(store?.refusals() ?? { conflicts: 0, throttled: 0 })));
lines.once('close', async () => {
  await stack.stop();
  await store?.stop();
  process.exit(0);
});
