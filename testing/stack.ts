import { type LocalStack, type LocalStackOptions, startLocalStack } from '../local/stack.ts';
import { localStacks } from './templates.ts';

/**
 * Starts the whole loop, from the templates that the run has synthesized once for all.
 *
 * @param options as of `startLocalStack`
 */
export async function startStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  return startLocalStack({ stacks: await localStacks(options.context), ...options });
}
