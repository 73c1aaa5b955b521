/** The process of a loop; it ends with its parent, whose pipe it reads. */
import { createInterface } from 'node:readline';
import { type LocalStackOptions, startLocalStack } from '../../local/stack.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as LocalStackOptions;
const stack = await startLocalStack(options);
const { url, storeEndpoint, tableName } = stack;
console.log(JSON.stringify({ url, storeEndpoint, tableName }));
const lines = createInterface(process.stdin);
// The functions connect to their store at their first request; before it, a line may name the URL of a proxy.
lines.on('line', (endpoint) => {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  console.log('taken');
});
lines.once('close', async () => {
  await stack.stop();
  process.exit(0);
});
