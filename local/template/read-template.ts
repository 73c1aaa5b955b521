import { type Description, describe } from './description.ts';
import { resolveStacks } from './intrinsics.ts';
import { localNames } from './names.ts';
import type { Stack } from './synthesize.ts';

/**
 * Reads what the stacks declare, with the names that things have on this machine.
 *
 * @param apiUrl where the HTTP API is reached
 * @param awsUrl where the fake for the AWS services is reached
 */
export function readTemplate(stacks: readonly Stack[], apiUrl: string, awsUrl: string): Description {
  const names = localNames(apiUrl, awsUrl);
  return describe(resolveStacks(stacks, names), ({ logicalId, type, properties }) =>
    names({ Type: type, Properties: properties }, logicalId),
  );
}
