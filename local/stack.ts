import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { awsEndpoint } from './aws/endpoint.ts';
import { secretActions } from './aws/secrets.ts';
import { loadFunctions, sharedEnvironment } from './functions/runtime.ts';
import { sendProblem } from './gateway/answer.ts';
import { developmentRoutes } from './gateway/development.ts';
import { gateway } from './gateway/gateway.ts';
import { router } from './gateway/router.ts';
import { listen } from './gateway/server.ts';
import { openIssuer } from './gateway/tokens.ts';
import { openJournal } from './journal.ts';
import type { Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { openDataFolder } from './store/data-folder.ts';
import { startDynoxide } from './store/dynoxide.ts';
import { indexStream } from './store/stream-index.ts';
import { prepareTable } from './store/table.ts';
import { readTemplate } from './template/read-template.ts';
import { type Stack, synthesize } from './template/synthesize.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');

export interface LocalStackOptions extends Partial<Settings> {
  /** Settings of the CDK app, for example `{ queueAfterSeconds: 0 }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Templates to run in place of the app's own. */
  readonly stacks?: readonly Stack[];
  /** Folder in which the functions' entries lie. @default the repository */
  readonly folder?: string;
}

/** A running loop. */
export interface LocalStack {
  /** Where the HTTP API is reached. */
  readonly url: string;
  /** Where the table's store is reached, and the name of the table. */
  readonly storeEndpoint: string;
  readonly tableName: string;
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
 * @param options what differs from a start with an empty environment; by default nothing is kept, a free port is used
 *   and the functions are silent
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const settings: Settings = {
    ...readSettings({ DATA_DIR: ':memory:', PORT: '0', SEED: 'none', LOG_LEVEL: 'SILENT' }),
    ...options,
  };
  const report = (problem: string, error: unknown) => {
    if (settings.logLevel !== 'SILENT') console.error(problem, error);
  };
  const folder = openDataFolder(settings.dataFolder);
  const stopping: (() => Promise<void> | void)[] = [() => folder.release()];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  try {
    const [store, server, aws, stacks] = await Promise.all([
      settings.storeEndpoint === null
        ? startDynoxide(folder.storePath)
        : { endpoint: settings.storeEndpoint, failed: new Promise<string>(() => {}), stop: async () => {} },
      listen(settings.host, settings.port, (error) => report('the gateway failed', error)),
      listen('127.0.0.1', 0, (error) => report('an AWS service failed', error)),
      options.stacks ?? synthesize(options.context),
    ]);
    stopping.push(
      () => store.stop(),
      () => aws.stop(0),
    );
    const journal = openJournal(folder.journalPath);
    stopping.push(() => journal.close());

    const description = readTemplate(stacks, server.url, aws.url);
    await prepareTable(store.endpoint, description.table);
    if (settings.storeEndpoint === null) indexStream(folder.storePath);

    aws.serve(
      awsEndpoint({ ...secretActions(description.secrets, settings.webhookSecrets, journal) }, report),
    );
    const functions = await loadFunctions(
      description.functions.filter(({ entry }) => existsSync(join(options.folder ?? REPOSITORY, entry))),
      options.folder ?? REPOSITORY,
      { ...sharedEnvironment(store.endpoint, aws.url), ...settings.passedThrough },
      settings.logLevel === null
        ? {}
        : { LOG_LEVEL: settings.logLevel, POWERTOOLS_LOG_LEVEL: settings.logLevel },
    );
    stopping.push(() => functions.idle());

    const keyPath = folder.keptIn === null ? null : join(folder.keptIn, 'token-key.json');
    const issuer = await openIssuer(keyPath, description.tokens ?? { issuer: 'local', audience: ['local'] });
    const answerRoute = gateway({
      findRoute: router(description.routes),
      issuer,
      invoke: functions.invoke,
      report,
    });
    const answerDevelopment = developmentRoutes(issuer, {
      busSince: () => [],
      queues: () => [],
      executions: () => [],
    });
    server.serve(async (request, response) => {
      if (await answerRoute(request, response)) return;
      if (await answerDevelopment(request, response)) return;
      sendProblem(response, 'not_found', 'no route takes this method and path', request.url ?? '/');
    });
    stopping.push(() => server.stop(2000));
    return {
      url: server.url,
      storeEndpoint: store.endpoint,
      tableName: description.table.name,
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
