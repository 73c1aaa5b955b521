import { join, resolve } from 'node:path';
import { bucketEndpoint } from './aws/buckets.ts';
import { awsEndpoint } from './aws/endpoint.ts';
import { openFakes } from './fakes/open.ts';
import { tradingPartners } from './fakes/trading-partner.ts';
import { prepareFirstStart } from './first-start.ts';
import { loadFunctions, sharedEnvironment } from './functions/runtime.ts';
import { sendProblem } from './gateway/answer.ts';
import { consoleFiles } from './gateway/console.ts';
import { developmentRoutes } from './gateway/development.ts';
import { gateway } from './gateway/gateway.ts';
import { router } from './gateway/router.ts';
import { listen } from './gateway/server.ts';
import { SIGN_IN_PATH, signInRoutes } from './gateway/sign-in.ts';
import { openIssuer } from './gateway/tokens.ts';
import { type Observer, observedActions, observedCalls } from './observer.ts';
import { reportAt } from './report.ts';
import { openServices } from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { openDataFolder } from './store/data-folder.ts';
import { openStore } from './store/open-store.ts';
import { readTemplate } from './template/read-template.ts';
import { type Stack, synthesize } from './template/synthesize.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');

/** Milliseconds that the functions that are running get to finish when the stack stops. */
const DRAIN_TIME = 2500;

/** Milliseconds that answers get to reach whoever asked, once no function is running any more. */
const GRACE = 200;

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
  /** Called for every call of a function and every request to a service; metrics are then written as on AWS. */
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
  token(scope: string, subject?: string, client?: string): Promise<string>;
  /**
   * Begins nothing further, hands back what has not begun, and waits for the functions that are running.
   *
   * @returns false when some still run after two and a half seconds; what they do is done again by the next start
   */
  drain(): Promise<boolean>;
  /** Drains the stack, and ends whatever still runs. */
  stop(): Promise<void>;
}

/**
 * Starts the whole loop in this process, as the CDK app describes it.
 *
 * @param options what differs from a start that keeps nothing, listens on a free port, has no sample orders and whose
 *   functions are silent
 * @throws Error that says what prevents it
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const settings: Settings = {
    ...readSettings({ DATA_DIR: ':memory:', PORT: '0', SEED: 'none', LOG_LEVEL: 'SILENT' }),
    ...options,
  };
  const report = reportAt(settings.logLevel);
  const folder = openDataFolder(settings.dataFolder);
  const stopping: (() => Promise<void> | void)[] = [() => folder.release()];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  try {
    const journal = openSqliteStore(folder.journalPath);
    stopping.push(() => journal.close());
    const starting = [
      openStore(settings.storeEndpoint, folder.storePath),
      listen('127.0.0.1', 0, (error) => report.failure('an AWS service failed', error)),
      listen(settings.host, settings.port, (error) => report.failure('the gateway failed', error)),
    ] as const;
    // All are waited for even when one fails, so that none is left running.
    for (const started of await Promise.allSettled(starting)) {
      if (started.status === 'fulfilled') stopping.push(() => started.value.stop(GRACE));
    }
    const [store, aws, server] = await Promise.all(starting);
    const stacks = options.stacks ?? (await synthesize(options.context));
    const description = readTemplate(stacks, server.url, aws.url);
    const table = await store.prepare(description.table);

    const functions = await loadFunctions(
      description.functions,
      options.folder ?? REPOSITORY,
      { ...sharedEnvironment(store.endpoint, aws.url, server.ownUrl), ...settings.passedThrough },
      {
        // Agents sign in here whatever the template says of a user pool.
        SIGN_IN_URL: `${server.ownUrl}${SIGN_IN_PATH}`,
        LOG_LEVEL: settings.logLevel,
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        // Nobody collects them here.
        ...(options.observer === undefined && { POWERTOOLS_METRICS_DISABLED: 'true' }),
      },
    );
    const { observer } = options;
    const call =
      observer === undefined
        ? functions.invoke
        : observedCalls(functions.invoke, description.functions, observer);
    const invoke = (functionArn: string, event: unknown) =>
      call(functionArn, event).finally(() => services.wake());
    const services = openServices({
      description,
      journal,
      webhookSecrets: settings.webhookSecrets,
      storeEndpoint: store.endpoint,
      invoke,
      report,
    });
    const actions = observer === undefined ? services.actions : observedActions(services.actions, observer);
    aws.serve(bucketEndpoint(folder.checkpointsPath, awsEndpoint(actions, report)));

    const keyPath = folder.keptIn === null ? null : join(folder.keptIn, 'token-key.json');
    const issuer = await openIssuer(keyPath, description.tokens ?? { issuer: 'local', audience: ['local'] });
    const fakes = openFakes(journal, settings.webhookSecrets.shopify);
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
    const answerDevelopment = developmentRoutes(issuer, services.inspection, settings.signIn);
    const answerSignIn = signInRoutes(issuer);
    const answerPartners = tradingPartners(settings.webhookSecrets.edi);
    const serveConsole = consoleFiles(join(REPOSITORY, 'console', 'dist'));
    let isStopping = false;
    server.serve(async (request, response) => {
      if (!isStopping && (await answerRoute(request, response))) return;
      if (await fakes.answer(request, response)) return;
      if (await answerDevelopment(request, response)) return;
      if (await answerSignIn(request, response)) return;
      if (await answerPartners(request, response)) return;
      if (await serveConsole(request, response)) return;
      const path = request.url ?? '/';
      if (isStopping) sendProblem(response, 'busy', 'the stack stops', path, { 'retry-after': '5' });
      else sendProblem(response, 'not_found', 'no route takes this method and path', path);
    });
    let draining: Promise<boolean> | undefined;
    const drain = () => {
      isStopping = true;
      draining ??= isDoneWithin(
        DRAIN_TIME,
        services.stop().then(() => functions.idle()),
      );
      return draining;
    };
    // Functions that are running may need everything else, the shops that the gateway plays too: they end first.
    stopping.push(async () => void (await drain()));
    await prepareFirstStart({
      journal,
      url: server.ownUrl,
      functions: description.functions,
      seed: settings.seed,
      // A program, which is its own client.
      token: (scope) => issuer.issue(scope, 'local-stack', { client: 'local-stack' }),
    });
    // What waits to be sent finds the fakes where they listen now.
    if (options.background ?? true) services.start(table.streamArn);
    return {
      url: server.url,
      storeEndpoint: store.endpoint,
      tableName: description.table.name,
      isNew: table.isNew,
      keptIn: folder.keptIn,
      failed: store.failed,
      token: (scope, subject = 'developer', client) => issuer.issue(scope, subject, { client }),
      drain,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for work, but no longer than so many milliseconds. */
async function isDoneWithin(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const isDone = await Promise.race([work.then(() => true), promise]);
  clearTimeout(timer);
  return isDone;
}
