import * as z from 'zod';
import { text } from '../../domain/text.ts';
import { secretName } from '../channels/connection-settings.ts';
import type { ConnectionDescriptor } from '../channels/descriptor.ts';
import { EASYPOST_WEBHOOK } from './easypost/descriptor.ts';
import { GENERIC_WEBHOOK } from './generic/descriptor.ts';

const settings = z.strictObject({
  carrier: text(100).optional().meta({
    description:
      'The carrier name that shipments use. Without it the connection reports on carriers that have no connection of their own.',
  }),
  secretName,
});

/** A carrier; its messages name parcels, and no connection. */
export const CARRIER: ConnectionDescriptor<'CARRIER', typeof settings> = {
  kind: 'CARRIER',
  settings,
  identity: () => null,
};

/** Every format in which carriers report on parcels, once. */
export const CARRIER_WEBHOOKS = [GENERIC_WEBHOOK, EASYPOST_WEBHOOK] as const;
