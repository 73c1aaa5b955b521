import * as z from 'zod';
import { text } from '../domain/text.ts';
import { CARRIER } from '../functions/carriers/descriptors.ts';
import type { ConnectionDescriptor, SettingsIdentity } from '../functions/channels/descriptor.ts';
import { CONNECTED_CHANNELS } from '../functions/channels/descriptors.ts';
import { AccessResponse, AuthorizationStatusResponse } from './authorizations.ts';
import { LastPollResponse, SubscriptionsResponse } from './backfills.ts';

const DESCRIPTORS = [...CONNECTED_CHANNELS, CARRIER] as const;

const name = text(200)
  .refine((value) => value.trim() !== '', 'must not be blank')
  .meta({ example: 'Harbor Markets' });

const stored = { connectionId: z.string(), updatedAt: z.iso.datetime() };

/** The schema of a connection, from what its kind declares. */
type Schema<Descriptor extends ConnectionDescriptor, More extends z.ZodRawShape> = z.ZodObject<
  { kind: z.ZodLiteral<Descriptor['kind']>; name: typeof name; settings: Descriptor['settings'] } & More,
  z.core.$strict
>;

type Schemas<List extends readonly ConnectionDescriptor[], More extends z.ZodRawShape> = {
  readonly [Index in keyof List]: Schema<List[Index], More>;
};

function schemas<More extends z.ZodRawShape>(more: More): Schemas<typeof DESCRIPTORS, More> {
  const made = DESCRIPTORS.map(({ kind, settings }) =>
    z.strictObject({ kind: z.literal(kind), name, settings, ...more }),
  );
  // `map` forgets which descriptor stands at which place of the tuple.
  return made as readonly unknown[] as Schemas<typeof DESCRIPTORS, More>;
}

/** PUT /v1/connections/{connectionId}: a shop, an account, a trading partner or a carrier. */
export const ConnectionRequest = z.discriminatedUnion('kind', schemas({})).meta({ id: 'ConnectionRequest' });
export type ConnectionRequest = z.infer<typeof ConnectionRequest>;
export type ConnectionKind = ConnectionRequest['kind'];

/** A connection as it is stored and returned. */
export const Connection = z.discriminatedUnion('kind', schemas(stored)).meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

/** GET /v1/connections: with whether its shop takes requests. */
export const ListedConnection = z
  .discriminatedUnion('kind', schemas({ ...stored, access: AccessResponse.optional() }))
  .meta({ id: 'ListedConnection' });

/** GET /v1/connections/{connectionId}: with the last time that its shop was asked what changed, and its subscriptions. */
export const ConnectionDetail = z
  .discriminatedUnion(
    'kind',
    schemas({
      ...stored,
      access: AccessResponse.optional(),
      lastPoll: LastPollResponse.optional(),
      webhookSubscriptions: SubscriptionsResponse.optional(),
      authorization: AuthorizationStatusResponse.optional(),
    }),
  )
  .meta({ id: 'ConnectionDetail' });

export type ConnectionDetail = z.infer<typeof ConnectionDetail>;

/** A connection of one kind. */
export type ConnectionOf<Kind extends ConnectionKind> = Extract<Connection, { kind: Kind }>;

export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, '1 to 100 letters, digits, dots, underscores and hyphens')
  .meta({
    description: 'The id of the connection, chosen by the client that creates it.',
    example: 'harbor-markets',
  });

/** How a message identifies its connection, and the setting that holds this identity. */
export interface ConnectionIdentity extends SettingsIdentity {
  readonly kind: ConnectionKind;
}

/** @returns the identity in the messages of a connection; null for carriers, whose messages name none. */
export function connectionIdentity({ kind, settings }: ConnectionRequest): ConnectionIdentity | null {
  const descriptor: ConnectionDescriptor | undefined = DESCRIPTORS.find((each) => each.kind === kind);
  const identity = descriptor?.identity(settings) ?? null;
  return identity === null ? null : { kind, ...identity };
}

/**
 * Why a connection's `apiBaseUrl` may not be saved where the loop is deployed, or null: the token of the channel is sent
 * there, and only the channel's own hosts may have it.
 */
export function foreignApiHost({ kind, settings }: ConnectionRequest): string | null {
  const descriptor: ConnectionDescriptor | undefined = DESCRIPTORS.find((each) => each.kind === kind);
  const hosts = descriptor?.apiHosts?.(settings);
  if (hosts === undefined || !('apiBaseUrl' in settings) || settings.apiBaseUrl === undefined) return null;
  return hosts.includes(new URL(settings.apiBaseUrl).host) ? null : `an address at ${hosts.join(' or ')}`;
}
