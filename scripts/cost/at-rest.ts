import { type Stack, synthesize } from '../../local/template/synthesize.ts';

/**
 * Requests with which Lambda asks an empty queue for messages in a month of thirty days: five readers that each wait
 * for twenty seconds. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const READERS = 5;
const SECONDS_A_READ = 20;
const REQUESTS_A_MONTH = (30 * 24 * 3600 * READERS) / SECONDS_A_READ;

/**
 * Services ask for a key of the customer's own once in five minutes, and keep what they got: DynamoDB for each of its
 * clients, a queue twice for each that sends to it and once for each that reads it, and our functions keep a secret for
 * as long. Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const KEY_USES_A_MONTH = (30 * 24 * 3600) / 300;
const KEY_USES_OF_A_QUEUE = 3;

/** What a deployment holds that is paid for by the month, whether orders come or not. */
export interface AtRest {
  /** How many resources there are of each type, for example of `AWS::CloudWatch::Alarm`. */
  readonly resources: ReadonlyMap<string, number>;
  /** Requests of Lambda to queues that are empty, in a month. */
  readonly queueRequests: number;
  /** Requests to a key of one's own in a month in which one environment of each function is busy all the time. */
  readonly keyRequests: number;
}

/** Counts in the templates of the app as it is by default. */
export async function countAtRest(): Promise<AtRest> {
  const resources = new Map<string, number>();
  let queueReaders = 0;
  let keyUses = 0;
  const stacks: readonly Stack[] = await synthesize();
  for (const { Type, Properties } of stacks.flatMap(({ template }) =>
    Object.values(template.Resources ?? {}),
  )) {
    resources.set(Type, (resources.get(Type) ?? 0) + 1);
    const readsStream = Properties !== undefined && 'StartingPosition' in Properties;
    if (Type === 'AWS::Lambda::EventSourceMapping' && !readsStream) queueReaders++;
    if (Type === 'AWS::Lambda::Function') keyUses += encryptedThings(Properties).length;
  }
  keyUses += queueReaders * KEY_USES_OF_A_QUEUE;
  return {
    resources,
    queueRequests: queueReaders * REQUESTS_A_MONTH,
    keyRequests: keyUses * KEY_USES_A_MONTH,
  };
}

/** The table and the secrets that a function is given. */
function encryptedThings(properties: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return Object.keys(Variables).filter((name) => name === 'TABLE_NAME' || name.endsWith('SECRET_ID'));
}
