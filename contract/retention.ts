import * as z from 'zod';

/** How long a store keeps what is in it: its items end by themselves. */
interface RetainedStore {
  /** What it holds, as documents call it. */
  readonly holds: string;
  /** Days by default; null for without end. */
  readonly days: number | null;
  readonly min: number;
  readonly max: number;
  /** What is in the table ends by what functions write; the rest by a setting of its service. */
  readonly place: 'table' | 'service';
}

const YEARS = 3_650;

/**
 * Every store of the loop that forgets by itself, and for how many days it keeps. Template, functions and documents follow
 * from it. Orders, histories, invoices and the audit trail do not end: they prove that nothing is missing, and what they
 * say of a person is erased.
 */
export const RETAINED_STORES = {
  idempotentAnswers: {
    holds: 'answers to requests with an `Idempotency-Key`',
    ...{ days: 7, min: 1, max: 30, place: 'table' },
  },
  // A channel repeats a message for two days, and an operator over a weekend.
  processedMessages: { holds: 'processed messages', days: 30, min: 7, max: YEARS, place: 'table' },
  rejectedMessages: { holds: 'rejected messages', days: 90, min: 7, max: YEARS, place: 'table' },
  dismissedMessages: { holds: 'dismissed messages', days: 90, min: 7, max: YEARS, place: 'table' },
  quarantinedMessages: { holds: 'quarantined messages', days: null, min: 30, max: YEARS, place: 'table' },
  largeBodies: {
    holds: 'bodies of more than 350 KB compressed',
    days: 400,
    min: 30,
    max: YEARS,
    place: 'table',
  },
  awaitedEvents: {
    holds: 'notes of which message waits for which shipment',
    ...{ days: 90, min: 30, max: YEARS, place: 'table' },
  },
  connectionDocuments: {
    holds: 'documents for a connection, about no order',
    ...{ days: 90, min: 7, max: YEARS, place: 'table' },
  },
  // Longer than a person has to decide.
  approvals: { holds: 'approvals of agents', days: 90, min: 7, max: YEARS, place: 'table' },
  // Longer than a delivery is attempted.
  subscriberDeliveries: { holds: 'deliveries to subscribers', days: 30, min: 7, max: 365, place: 'table' },
  dataRequests: { holds: 'data requests', days: 30, min: 7, max: 90, place: 'table' },
  // The services end at these figures.
  queues: { holds: 'events in the queues of consumers', days: 4, min: 1, max: 13, place: 'service' },
  deadLetters: { holds: 'dead letters', days: 14, min: 2, max: 14, place: 'service' },
  busArchive: { holds: 'archive of the bus', days: 30, min: 1, max: YEARS, place: 'service' },
  backups: { holds: 'backups', days: 35, min: 1, max: 35, place: 'service' },
} as const satisfies Readonly<Record<string, RetainedStore>>;

export type StoreName = keyof typeof RETAINED_STORES;

/** Days for which each store keeps; null for without end. */
export type Retention = Readonly<Record<StoreName, number | null>>;

/** Names of all stores. */
export const STORE_NAMES = Object.keys(RETAINED_STORES) as StoreName[];

/** What holds unless it is set otherwise. */
export const DEFAULT_RETENTION = Object.fromEntries(
  STORE_NAMES.map((name) => [name, RETAINED_STORES[name].days]),
) as Retention;

function daysOf(name: StoreName) {
  const { days, min, max } = RETAINED_STORES[name];
  const between = `must be ${min} to ${max.toLocaleString('en')} whole days`;
  const bounded = z.int(between).min(min, between).max(max, between);
  return (days === null ? bounded.nullable() : bounded).optional();
}

/** What may be set; a store that is not named keeps what it has by default. */
export const RetentionSetting = z
  .strictObject(
    Object.fromEntries(STORE_NAMES.map((name) => [name, daysOf(name)])) as Record<
      StoreName,
      ReturnType<typeof daysOf>
    >,
  )
  .superRefine((set, context) => {
    const { queues, deadLetters, largeBodies, ...kept } = { ...DEFAULT_RETENTION, ...given(set) };
    // A dead letter counts from when its event was first sent.
    if (Number(queues) >= Number(deadLetters))
      context.addIssue({ code: 'custom', path: ['deadLetters'], message: 'must be more than queues' });
    const messages = [kept.processedMessages, kept.rejectedMessages, kept.dismissedMessages];
    if (messages.some((days) => Number(days) > Number(largeBodies)))
      context.addIssue({
        code: 'custom',
        path: ['largeBodies'],
        message: 'must be as long as the messages are kept that they belong to',
      });
  });

/** Days of the stores that are set. */
export type RetentionSetting = Partial<Retention>;

/** @returns the days of every store, of those that were set and of the others by default */
export function retentionOf(set: RetentionSetting = {}): Retention {
  return { ...DEFAULT_RETENTION, ...given(set) };
}

function given(set: { readonly [name in StoreName]?: number | null | undefined }): RetentionSetting {
  return Object.fromEntries(Object.entries(set).filter(([, days]) => days !== undefined));
}

/** @returns what functions find in their environment: the stores in the table that are set otherwise than by default */
export function writeRetention(retention: Retention): string {
  return STORE_NAMES.filter((name) => RETAINED_STORES[name].place === 'table')
    .map((name) => `${name}=${retention[name] ?? 'forever'}`)
    .join(' ');
}

/**
 * Reads retentions as a command line or an environment has them: `approvals=180 quarantinedMessages=forever`, divided by
 * blanks or commas.
 *
 * @returns what is then to be checked
 */
export function readRetention(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    text
      .split(/[\s,]/)
      .filter(Boolean)
      .map((one) => {
        const [name = '', days = ''] = one.split('=');
        return [name, days === 'forever' ? null : Number(days)];
      }),
  );
}

/** @returns the attribute's value for an item that was made at an instant; undefined where it does not end */
export function expiresAfter(days: number | null, madeAt: string | number): number | undefined {
  return days === null ? undefined : Math.floor(new Date(madeAt).getTime() / 1000) + days * 86_400;
}
