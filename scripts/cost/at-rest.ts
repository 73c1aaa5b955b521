import { type Stack, synthesize } from '../../local/template/synthesize.ts';

/**
 * Requests with which Lambda asks an empty queue for messages in a month of thirty days: five readers that each wait
 * for twenty seconds. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const READERS = 5;
const SECONDS_A_READ = 20;
const REQUESTS_A_MONTH = (30 * 24 * 3600 * READERS) / SECONDS_A_READ;

/** What a deployment holds that is paid for by the month, whether orders come or not. */
export interface AtRest {
  /** How many resources there are of each type, for example of `AWS::CloudWatch::Alarm`. */
  readonly resources: ReadonlyMap<string, number>;
  /** Requests of Lambda to queues that are empty, in a month. */
  readonly queueRequests: number;
}

/** Counts in the templates of the app as it is by default. */
export async function countAtRest(): Promise<AtRest> {
  const resources = new Map<string, number>();
  let queueReaders = 0;
  const stacks: readonly Stack[] = await synthesize();
  for (const { Type, Properties } of stacks.flatMap(({ template }) =>
    Object.values(template.Resources ?? {}),
  )) {
    resources.set(Type, (resources.get(Type) ?? 0) + 1);
    const readsStream = Properties !== undefined && 'StartingPosition' in Properties;
    if (Type === 'AWS::Lambda::EventSourceMapping' && !readsStream) queueReaders++;
  }
  return { resources, queueRequests: queueReaders * REQUESTS_A_MONTH };
}
