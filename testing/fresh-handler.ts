import { vi } from 'vitest';
import { TEST_ENVIRONMENT } from './aws.ts';
import type { HttpHandler } from './invoke.ts';

/** Loads a function again in an environment, as a cold start does. */
export async function freshHandler(
  load: () => Promise<{ readonly handler: unknown }>,
  environment: Readonly<Record<string, string>>,
): Promise<HttpHandler> {
  Object.assign(process.env, TEST_ENVIRONMENT, environment);
  vi.resetModules();
  return (await load()).handler as HttpHandler;
}
