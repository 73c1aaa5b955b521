import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type {
  AuthorizationStatus,
  AuthorizationStore,
  PendingAuthorization,
} from '../../authorizations/ports.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem } from './items.ts';
import { authorizationKey, pollKey } from './keys.ts';

const Pending = z.object({
  connectionId: z.string(),
  source: z.string(),
  redirectUri: z.string(),
  requestedBy: z.string(),
  expiresAt: z.string(),
} satisfies Fields<PendingAuthorization>);

const Status = z.object({
  source: z.string(),
  grantedAt: z.string().optional(),
  requestedBy: z.string(),
  expiresAt: z.string().optional(),
  missingScopes: z.array(z.string()),
  failure: z.string().optional(),
} satisfies Fields<AuthorizationStatus>);

/** Keeps authorizations that wait for their sender, and how the access of each connection stands. */
export function authorizationStore(table: Table): AuthorizationStore {
  return {
    async begin(state, pending) {
      const ends = Math.ceil(Date.parse(pending.expiresAt) / 1000);
      const Item = { ...authorizationKey(state), kind: 'AUTHORIZATION', pending, [EXPIRY_ATTRIBUTE]: ends };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
    async take(state) {
      // Who deletes it has it; a second answer finds nothing.
      const { Attributes } = await table.client.send(
        new DeleteCommand({
          TableName: table.name,
          Key: { ...authorizationKey(state) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      if (Attributes === undefined) return null;
      const { pending } = parseItem(z.object({ pending: Pending }), Attributes);
      return pending.expiresAt < new Date().toISOString() ? null : pending;
    },
    async status(connectionId) {
      const item = await getItem(table, pollKey(connectionId, 'AUTHORIZATION'));
      return item === null ? null : parseItem(z.object({ status: Status }), item).status;
    },
    async saveStatus(connectionId, status) {
      const Item = { ...pollKey(connectionId, 'AUTHORIZATION'), kind: 'AUTHORIZATION_STATUS', status };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
