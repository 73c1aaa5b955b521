import type { Report } from '../report.ts';
import type { Journal } from '../sqlite-store.ts';
import type { Shard, StartPosition, Streams, WireRecord } from '../store/streams.ts';
import type { MappingDescription } from '../template/description.ts';
import { LOCAL_REGION } from '../template/intrinsics.ts';
import { deliverBatch, type GivenUp, type StreamRecord } from './batch.ts';
import { compilePattern } from './pattern.ts';
import { type Loop, startLoop } from './polling-loop.ts';
import type { Queues } from './queues.ts';

/**
 * Milliseconds between two looks at a stream when nobody reports a write, twice as long each time nothing is found. Only
 * another process writes without a report, and its records wait so long.
 */
const FIRST_REST = 200;
const MAX_REST = 2000;

const RECORDS_AT_ONCE = 1000;

export interface StreamReaderOptions {
  readonly streams: Streams;
  /** The stream's ARN in the store. */
  readonly streamArn: string;
  readonly mapping: MappingDescription;
  readonly journal: Journal;
  readonly queues: Queues;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  readonly report: Report;
}

/**
 * Carries the records of the table's stream to the function of one event source mapping. How far it came is written
 * down after the function has taken the records, so a crash repeats records and never skips one.
 */
export function startStreamReader(options: StreamReaderOptions): Loop {
  const { streams, streamArn, mapping, journal, report } = options;
  const filters = mapping.filters.map((filter) => compilePattern(filter, `a filter of ${mapping.id}`));
  const iterators = new Map<string, string>();
  const finished = new Set<string>();
  let shards: readonly Shard[] = [];
  let stopping = false;
  let idleRest = FIRST_REST;
  let endPause = () => {};

  const pause = async (milliseconds: number) => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return !stopping;
  };

  const checkpointOf = (shardId: string) => `${streamArn} ${shardId}`;
  const readTo = (shardId: string, sequenceNumber: string) => {
    journal
      .statement(
        'INSERT INTO checkpoint (mapping, shard, sequence_number) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence_number = excluded.sequence_number',
      )
      .run(mapping.id, checkpointOf(shardId), sequenceNumber);
  };

  const iteratorOf = async (shardId: string): Promise<string> => {
    const row = journal
      .statement('SELECT sequence_number FROM checkpoint WHERE mapping = ? AND shard = ?')
      .get(mapping.id, checkpointOf(shardId));
    const from: StartPosition =
      row === undefined
        ? { ShardIteratorType: mapping.startingPosition }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: String(row.sequence_number) };
    try {
      return await streams.iterator(streamArn, shardId, from);
    } catch (error) {
      if ((error as Error).name !== 'TrimmedDataAccessException') throw error;
      // The records after the checkpoint are a day old and gone; what is left is read from its beginning.
      return streams.iterator(streamArn, shardId, { ShardIteratorType: 'TRIM_HORIZON' });
    }
  };

  const giveUp = (shardId: string, given: GivenUp) => {
    const { length } = given.records;
    const advice = 'redrive them under Operations, Dead letters, when the cause is mended';
    report.failure(`${mapping.id}: ${length} records were given up; ${advice}`, given.reason);
    if (mapping.failureQueueArn !== null) {
      options.queues.send(mapping.failureQueueArn, JSON.stringify(failureNotice(mapping, shardId, given)));
    }
  };

  /** @returns how many records the shard gave. */
  const readShard = async (shardId: string): Promise<number> => {
    const iterator = iterators.get(shardId) ?? (await iteratorOf(shardId));
    // Set again when everything has been taken; after an error the next turn starts from the checkpoint.
    iterators.delete(shardId);
    const { records, next } = await streams.records(iterator, RECORDS_AT_ONCE);
    const wanted = records
      .filter((record) => filters.length === 0 || filters.some((matches) => matches(record)))
      .map((record) => streamRecord(record, mapping.sourceArn));
    for (let start = 0; start < wanted.length; start += mapping.batchSize) {
      const batch = wanted.slice(start, start + mapping.batchSize);
      const isDone = await deliverBatch(batch, {
        mapping,
        invoke: (event) => options.invoke(mapping.functionArn, event),
        done: (last) => readTo(shardId, last.sequenceNumber),
        giveUp: (given) => giveUp(shardId, given),
        pause,
        report,
      });
      if (!isDone) return 0;
    }
    const last = records.at(-1);
    if (last !== undefined) readTo(shardId, last.dynamodb.SequenceNumber);
    if (next === null) finished.add(shardId);
    else iterators.set(shardId, next);
    return records.length;
  };

  const turn = async (): Promise<number> => {
    const readable = () => shards.filter((shard) => isReadable(shard, shards, finished));
    if (readable().length === 0) shards = await streams.shards(streamArn);
    let count = 0;
    for (const { ShardId } of readable()) {
      if (stopping) return 0;
      count += await readShard(ShardId);
    }
    const rest = count > 0 ? 0 : idleRest;
    idleRest = count > 0 ? FIRST_REST : Math.min(MAX_REST, 2 * idleRest);
    return rest;
  };
  const loop = startLoop(turn, (error) => report.failure(`${mapping.id}: the stream cannot be read`, error));
  return {
    wake: loop.wake,
    stop() {
      stopping = true;
      endPause();
      return loop.stop();
    },
  };
}

/** A shard continues where its parent ended, so it is read after its parent. */
function isReadable(shard: Shard, shards: readonly Shard[], finished: ReadonlySet<string>): boolean {
  const { ShardId, ParentShardId = '' } = shard;
  const parentIsThere = shards.some((each) => each.ShardId === ParentShardId);
  return !finished.has(ShardId) && (!parentIsThere || finished.has(ParentShardId));
}

function streamRecord(record: WireRecord, sourceArn: string): StreamRecord {
  const { SequenceNumber, ApproximateCreationDateTime } = record.dynamodb;
  return {
    sequenceNumber: SequenceNumber,
    createdAt: ApproximateCreationDateTime * 1000,
    event: { ...record, awsRegion: LOCAL_REGION, eventSourceARN: sourceArn },
  };
}

/** What Lambda sends to a failure destination: where the records are, not the records. */
function failureNotice(mapping: MappingDescription, shardId: string, given: GivenUp): unknown {
  const [first] = given.records;
  const last = given.records.at(-1);
  return {
    requestContext: {
      functionArn: mapping.functionArn,
      condition: given.reason,
      approximateInvokeCount: given.attempts,
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first?.createdAt ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.createdAt ?? 0).toISOString(),
      batchSize: given.records.length,
      streamArn: mapping.sourceArn,
    },
  };
}
