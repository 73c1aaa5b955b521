/**
 * `npm start` runs the whole loop on this machine until it is stopped with Ctrl-C. Its settings are variables of the
 * environment:
 *
 *   PORT, HOST         where it listens: 4000 of 127.0.0.1; port 0 picks a free one
 *   DATA_DIR           folder that keeps the data: .data; `:memory:` keeps nothing
 *   SEED               demo fills an empty store with sample orders, none leaves it empty: demo
 *   DYNAMODB_ENDPOINT  another DynamoDB in place of the embedded one
 *   LOG_LEVEL          what is printed: WARN; DEBUG shows what is done again as well
 *   SHOPIFY_WEBHOOK_SECRET, SQUARE_…, EDI_…, CARRIER_…   secrets of webhooks: local-shopify-secret, …
 *   SQUARE_NOTIFICATION_URL   the address that Square signs: the local one
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { banner } from './banner.ts';
import { CACHE } from './cache.ts';
import { buildConsoleAside, isConsoleBuilt } from './console-build.ts';
import { readOptions } from './options.ts';
import { readSettings } from './settings.ts';
import { findDynoxide } from './store/dynoxide.ts';

/** A stop that takes longer is broken off, so that the process is gone within five seconds. */
const MAX_STOP = 4500;

// V8 would let the heap grow to some four times of what is in use, and keep it: a laptop has other uses for memory.
setFlagsFromString('--heap-growing-percent=40');

readOptions(import.meta.filename, {});
try {
  const settings = readSettings(process.env);
  // Before anything is loaded: without a store nothing can start.
  if (settings.storeEndpoint === null) findDynoxide();
  // What is imported from here on is compiled once for all starts.
  enableCompileCache(CACHE);
  const { startLocalStack } = await import('./stack.ts');
  const stack = await startLocalStack(settings);
  flushCompileCache();
  let isStopping = false;
  const stop = async (status: number) => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), MAX_STOP).unref();
    // Functions that are still running would find store and queues gone, and say so; the process ends before.
    if (await stack.drain()) await stack.stop();
    process.exit(status);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));
  void stack.failed.then((reason) => {
    console.error(`${reason}. Everything that was answered is kept; start again to continue.`);
    void stop(1);
  });
  const { url, keptIn } = stack;
  console.log(banner({ url, keptIn, shopifySecret: settings.webhookSecrets.shopify }));
  // In a process of its own, so that nobody who asks the API waits for it.
  if (!isConsoleBuilt()) buildConsoleAside();
} catch (error) {
  console.error(`Order Loop did not start: ${(error as Error).message}`);
  process.exit(1);
}
