import { startLocalStack } from '../../local/stack.ts';
import { FIXTURE_FOLDER, FIXTURE_STACKS } from './template.ts';

const stack = await startLocalStack({
  stacks: FIXTURE_STACKS,
  folder: FIXTURE_FOLDER,
  dataFolder: process.argv[2] ?? null,
});
process.on('SIGTERM', () => void stack.stop().then(() => process.exit(0)));
console.log(`ready on ${stack.url}`);
