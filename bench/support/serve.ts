/** A loop in a process of its own; ends with the process that started it, whose pipe it reads. */
import { SCOPES } from '../../contract/routes.ts';
import { type LocalStackOptions, startLocalStack } from '../../local/stack.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as LocalStackOptions;
const stack = await startLocalStack(options);
const { url, storeEndpoint, tableName } = stack;
const token = await stack.token(SCOPES.join(' '), 'bench');
console.log(JSON.stringify({ url, storeEndpoint, tableName, token }));
process.stdin.resume();
process.stdin.once('end', async () => {
  await stack.stop();
  process.exit(0);
});
