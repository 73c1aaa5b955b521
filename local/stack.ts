import { join, resolve } from 'node:path';
import { awsEndpoint } from './aws/endpoint.ts';
import { openFakes } from './fakes/open.ts';
import { tradingPartners } from './fakes/trading-partner.ts';
import { prepareFirstStart } from './first-start.ts';
import { withConcurrencyLimit } from './functions/concurrency-limit.ts';
import { loadFunctions, sharedEnvironment } from './functions/runtime.ts';
import { sendProblem } from './gateway/answer.ts';
import { consoleFiles } from './gateway/console.ts';
import { developmentRoutes } from './gateway/development.ts';
import { gateway } from './gateway/gateway.ts';
import { router } from './gateway/router.ts';
import { listen } from './gateway/server.ts';
import { openIssuer } from './gateway/tokens.ts';
import { type Observer, observedActions, observedCalls } from './observer.ts';
import { openServices } from './services.ts';
import { type LogLevel, readSettings, type Settings } from './settings.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { openDataFolder } from './store/data-folder.ts';
import { openStore } from './store/open-store.ts';
import { readTemplate } from './template/read-template.ts';
import { type Stack, synthesize } from './template/synthesize.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');

/** Milliseconds that running requests get to finish when the stack stops, and then what they set going. */
const GRACE = 1500;

/** Calls of functions that nobody waits for: more of them make requests wait and get no more done (`bench/intake.ts`). */
const BEHIND_REQUESTS = 4;

export interface LocalStackOptions extends Partial<Settings> {
  /** Settings of the CDK app, for example `{ queueAfterSeconds: 0 }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Templates to run in place of the app's own. */
  readonly stacks?: readonly Stack[];
  /** Folder in which the functions' entries lie. @default the repository */
  readonly folder?: string;
  /**
   * Whether streams, queues and workflows run. Without them requests are answered and nothing follows from them until
   * the next start.
   * @default true
   */
  readonly background?: boolean;
  /** Told of every call of a function and every request to a service; metrics are then written as on AWS. */
  readonly observer?: Observer;
}

/** A running loop. */
export interface LocalStack {
  /** Where the HTTP API is reached. */
  readonly url: string;
  /** Where the table's store is reached. */
  readonly storeEndpoint: string;
  readonly tableName: string;
  /** Whether the table was made by this start. */
  readonly isNew: boolean;
  /** The folder that keeps everything, or null. */
  readonly keptIn: string | null;
  /** Settles with a reason when a part of the stack died. */
  readonly failed: Promise<string>;
  /** @returns an access token with the scopes, for example `orders/read orders/write`. */
  token(scope: string, subject?: string): Promise<string>;
  /** Finishes what is running and ends. */
  stop(): Promise<void>;
}

/**
 * Starts the whole loop in this process, as the CDK app describes it.
 *
 * @param options what differs from a start that keeps nothing, listens on a free port, has no sample orders and whose
 *   functions are silent
 * @throws Error that tells what stands in the way
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const settings: Settings = {
    ...readSettings({ DATA_DIR: ':memory:', PORT: '0', SEED: 'none', LOG_LEVEL: 'SILENT' }),
    ...options,
  };
  const report = reporter(settings.logLevel);
  const folder = openDataFolder(settings.dataFolder);
  const stopping: (() => Promise<void> | void)[] = [() => folder.release()];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  const stoppable = async <Part extends { stop(grace: number): Promise<void> }>(starting: Promise<Part>) => {
    const part = await starting;
    stopping.push(() => part.stop(GRACE));
    return part;
  };
  try {
    const starting = [
      stoppable(openStore(settings.storeEndpoint, folder.storePath)),
      stoppable(listen('127.0.0.1', 0, (error) => report('an AWS service failed', error))),
      stoppable(listen(settings.host, settings.port, (error) => report('the gateway failed', error))),
    ] as const;
    // All are waited for even when one fails, so that none is left running.
    await Promise.allSettled(starting);
    const [store, aws, server] = await Promise.all(starting);
    const journal = openSqliteStore(folder.journalPath);
    stopping.push(() => journal.close());
    const stacks = options.stacks ?? (await synthesize(options.context));
    const description = readTemplate(stacks, server.url, aws.url);
    const table = await store.prepare(description.table);

    const functions = await loadFunctions(
      description.functions,
      options.folder ?? REPOSITORY,
      { ...sharedEnvironment(store.endpoint, aws.url, server.ownUrl), ...settings.passedThrough },
      {
        LOG_LEVEL: settings.logLevel,
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        // Nobody collects them here.
        ...(options.observer === undefined && { POWERTOOLS_METRICS_DISABLED: 'true' }),
      },
    );
    stopping.push(() => withinGrace(functions.idle()));
    const { observer } = options;
    const call =
      observer === undefined
        ? functions.invoke
        : observedCalls(functions.invoke, description.functions, observer);
    const invoke = (functionArn: string, event: unknown) =>
      call(functionArn, event).finally(() => services.wake());
    const behindRequests = withConcurrencyLimit(BEHIND_REQUESTS);
    const services = openServices({
      description,
      journal,
      webhookSecrets: settings.webhookSecrets,
      storeEndpoint: store.endpoint,
      invoke: (functionArn, event) => behindRequests(() => invoke(functionArn, event)),
      report,
    });
    const actions = observer === undefined ? services.actions : observedActions(services.actions, observer);
    aws.serve(awsEndpoint(actions, report));
    stopping.push(() => withinGrace(services.stop()));

    const keyPath = folder.keptIn === null ? null : join(folder.keptIn, 'token-key.json');
    const issuer = await openIssuer(keyPath, description.tokens ?? { issuer: 'local', audience: ['local'] });
    const fakes = openFakes(journal);
    const invokeRoute = (functionArn: string, event: unknown) => {
      fakes.hear(event);
      return invoke(functionArn, event);
    };
    const answerRoute = gateway({
      findRoute: router(description.routes),
      issuer,
      invoke: invokeRoute,
      report,
    });
    const answerDevelopment = developmentRoutes(issuer, services.inspection);
    const answerPartners = tradingPartners(settings.webhookSecrets.edi);
    const serveConsole = consoleFiles(join(REPOSITORY, 'console', 'dist'));
    server.serve(async (request, response) => {
      if (await answerRoute(request, response)) return;
      if (await fakes.answer(request, response)) return;
      if (await answerDevelopment(request, response)) return;
      if (await answerPartners(request, response)) return;
      if (await serveConsole(request, response)) return;
      sendProblem(response, 'not_found', 'no route takes this method and path', request.url ?? '/');
    });
    // Requests that are running may need everything else, so the gateway is the first to stop.
    stopping.push(() => server.stop(GRACE));
    await prepareFirstStart({
      journal,
      url: server.ownUrl,
      functions: description.functions,
      seed: settings.seed,
      token: (scope) => issuer.issue(scope, 'local-stack'),
    });
    // What waits to be told finds the stand-ins where they listen now.
    if (options.background ?? true) services.start(table.streamArn);
    return {
      url: server.url,
      storeEndpoint: store.endpoint,
      tableName: description.table.name,
      isNew: table.isNew,
      keptIn: folder.keptIn,
      failed: store.failed,
      token: (scope, subject = 'developer') => issuer.issue(scope, subject),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A function that hangs must not hold up the stop; what it was doing comes again at the next start. */
async function withinGrace(step: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GRACE);
  await Promise.race([step, promise]);
  clearTimeout(timer);
}

/** Tells failures on the error output, with their stack only to those who asked for details. */
function reporter(level: LogLevel): (problem: string, error: unknown) => void {
  if (level === 'SILENT') return () => {};
  const isDetailed = level === 'DEBUG' || level === 'TRACE';
  return (problem, error) => console.error(`${problem}:`, isDetailed ? error : String(error));
}
