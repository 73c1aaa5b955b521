import { LOCAL_REGION } from '../template/intrinsics.ts';

/** A record as it is on the wire, which is also how a function gets it. */
export interface WireRecord {
  readonly eventName: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
  };
}

export interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

export type StartPosition =
  | { readonly ShardIteratorType: string }
  | { readonly ShardIteratorType: 'AFTER_SEQUENCE_NUMBER'; readonly SequenceNumber: string };

/** Reads the store's streams. */
export interface Streams {
  shards(streamArn: string): Promise<readonly Shard[]>;
  /** @throws Error named `TrimmedDataAccessException` when the records at the position are gone */
  iterator(streamArn: string, shardId: string, from: StartPosition): Promise<string>;
  /** @returns the next records, and null for the next iterator when the shard has come to its end */
  records(iterator: string, most: number): Promise<{ records: readonly WireRecord[]; next: string | null }>;
}

/** Long enough for a store under load; a request that takes longer is sent again. */
const DEADLINE = 10_000;
/** Of 100 shards each; a stream gains six shards a day, and keeps those of a day. */
const MAX_PAGES = 100;

/** A store on this machine looks at the shape of a signature and at nothing else. */
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=local/20260101/${LOCAL_REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

/**
 * Speaks the JSON protocol of DynamoDB Streams. The SDK's client would turn each record into objects of its own, and
 * these would have to be turned back for the functions; that took as long as everything else that reading does.
 */
export function openStreams(endpoint: string): Streams {
  const call = async (action: string, input: object): Promise<Record<string, unknown>> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: AUTHORIZATION,
        'x-amz-date': '20260101T000000Z',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${action}`,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(DEADLINE),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    const error = new Error(`${action} was answered ${response.status}: ${answer.message ?? answer.Message}`);
    error.name = String(answer.__type).split('#').at(-1) ?? 'Error';
    throw error;
  };
  return {
    async shards(streamArn) {
      const shards: Shard[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const { StreamDescription } = await call('DescribeStream', {
          StreamArn: streamArn,
          ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
        });
        const page = StreamDescription as { Shards?: Shard[]; LastEvaluatedShardId?: string };
        shards.push(...(page.Shards ?? []));
        after = page.LastEvaluatedShardId ?? undefined;
        if (after === undefined) return shards;
      }
      throw new Error(`the stream has more than ${MAX_PAGES} pages of shards`);
    },
    async iterator(streamArn, shardId, from) {
      const answer = await call('GetShardIterator', { StreamArn: streamArn, ShardId: shardId, ...from });
      return String(answer.ShardIterator);
    },
    async records(iterator, most) {
      const { Records, NextShardIterator } = await call('GetRecords', {
        ShardIterator: iterator,
        Limit: most,
      });
      return {
        records: (Records ?? []) as readonly WireRecord[],
        next: typeof NextShardIterator === 'string' ? NextShardIterator : null,
      };
    },
  };
}
