import type { Connection } from '../contract/connections.ts';
import { openTable } from '../functions/adapters/dynamodb/client.ts';
import { connectionStore } from '../functions/adapters/dynamodb/connection-store.ts';
import type { Actions } from './aws/endpoint.ts';
import { eventBridgeActions } from './aws/event-bridge.ts';
import { keyActions } from './aws/keys.ts';
import { queueActions } from './aws/queue-service.ts';
import { secretActions } from './aws/secrets.ts';
import { stepFunctionsActions } from './aws/step-functions.ts';
import { openBus } from './events/bus.ts';
import { type Loop, startLoop } from './events/polling-loop.ts';
import { startQueueReader } from './events/queue-reader.ts';
import { openQueues } from './events/queues.ts';
import { startStreamReader } from './events/stream-reader.ts';
import { concurrencyLimit } from './functions/concurrency-limit.ts';
import type { Inspection } from './gateway/development.ts';
import { Interrupted } from './interrupted.ts';
import type { Report } from './report.ts';
import type { WebhookSecrets } from './settings.ts';
import type { Journal } from './sqlite-store.ts';
import { openStreams } from './store/streams.ts';
import type { Description, ScheduleDescription } from './template/description.ts';
import { openExecutions } from './workflow/executions.ts';
import { openExecutionRecords } from './workflow/records.ts';
import { openTaskTokens } from './workflow/task-tokens.ts';

/** Calls of functions that nobody waits for: more of them make requests wait and get no more done (`bench/intake.ts`). */
const AT_ONCE = 4;

/** Executions that the development page shows. */
const SHOWN_EXECUTIONS = 200;

export interface ServicesOptions {
  readonly description: Description;
  readonly journal: Journal;
  readonly webhookSecrets: WebhookSecrets;
  readonly storeEndpoint: string;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  readonly report: Report;
}

/** What AWS would run between the functions: bus, queues, state machines, event source mappings. */
export interface Services {
  /** The services' answers to the functions. */
  readonly actions: Actions;
  readonly inspection: Inspection;
  /** Begins to carry records, messages and executions, those of an earlier start first. */
  start(streamArn: string): void;
  /** Looks at the streams now, since something may have been written. */
  wake(): void;
  /** Begins nothing further, hands back what has not begun, and waits for what is running. */
  stop(): Promise<void>;
}

/** Opens the services as the template describes them, on the journal. */
export function openServices(options: ServicesOptions): Services {
  const { description, journal, report } = options;
  const limit = concurrencyLimit(AT_ONCE);
  const invoke = (functionArn: string, event: unknown) => limit.run(() => options.invoke(functionArn, event));
  const queues = openQueues(journal, description.queues);
  const bus = openBus(journal, queues, description);
  const records = openExecutionRecords(journal);
  const tokens = openTaskTokens(journal);
  const executions = openExecutions({
    stateMachines: description.stateMachines,
    records,
    tokens,
    invoke,
    report,
  });
  const streams = openStreams(options.storeEndpoint);
  let streamReaders: readonly Loop[] = [];
  let queueReaders: readonly Loop[] = [];
  let schedules: readonly Loop[] = [];
  return {
    actions: {
      ...eventBridgeActions(bus),
      ...queueActions(queues),
      ...stepFunctionsActions(executions, records, tokens),
      ...keyActions(journal),
      ...secretActions(description.secrets, options.webhookSecrets, journal, (secretName) =>
        kindOfConnection(description.table.name, secretName),
      ),
    },
    inspection: {
      busSince: bus.since,
      queues: queues.state,
      executions: (name) =>
        records.newest(SHOWN_EXECUTIONS, name).map((record) => ({
          ...record,
          states: records
            .statesEntered(record.arn)
            .map(({ state, at }) => ({ state, at: new Date(at).toISOString() })),
        })),
    },
    start(streamArn) {
      const ofStream = description.mappings.filter(
        ({ sourceArn }) => sourceArn === description.table.streamArn,
      );
      const ofQueues = description.mappings.filter((mapping) => !ofStream.includes(mapping));
      executions.resume();
      queueReaders = ofQueues.map((mapping) => startQueueReader({ mapping, queues, invoke, report }));
      schedules = description.schedules.map((schedule) => startSchedule(schedule, invoke, report));
      streamReaders = ofStream.map((mapping) =>
        startStreamReader({ streams, streamArn, mapping, journal, queues, invoke, report }),
      );
    },
    wake() {
      for (const reader of streamReaders) reader.wake();
    },
    async stop() {
      const stopped = [...schedules, ...streamReaders, ...queueReaders].map((reader) => reader.stop());
      const shutDown = executions.shutdown();
      limit.stop();
      await Promise.all([...stopped, shutDown]);
    },
  };
}

/** Calls functions at the rate of a rule; the first time one period after the start. */
function startSchedule(
  { name, everyMilliseconds, functionArns }: ScheduleDescription,
  invoke: ServicesOptions['invoke'],
  report: ServicesOptions['report'],
): Loop {
  let isFirst = true;
  return startLoop(
    async () => {
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
      if (!isFirst) await Promise.all(functionArns.map((arn) => invoke(arn, event)));
      isFirst = false;
      return everyMilliseconds;
    },
    (error) => {
      if (!(error instanceof Interrupted)) report.failure(`${name}: a scheduled call failed`, error);
    },
  );
}

/** @returns the kind of the connection that names a secret. */
async function kindOfConnection(tableName: string, secretName: string): Promise<string | null> {
  const connections = await connectionStore(openTable(tableName)).list();
  const names = ({ settings }: Connection) => [
    settings.secretName,
    'sftp' in settings ? settings.sftp?.secretName : undefined,
  ];
  return connections.find((connection) => names(connection).includes(secretName))?.kind ?? null;
}
