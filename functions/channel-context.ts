import type { Logger } from '@aws-lambda-powertools/logger';
import { notificationVariable, secretVariable, webhookRecord } from '../contract/webhooks.ts';
import { accessStore } from './adapters/dynamodb/access-store.ts';
import type { Table } from './adapters/dynamodb/client.ts';
import { connectionStore } from './adapters/dynamodb/connection-store.ts';
import { controlNumbers } from './adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from './adapters/dynamodb/dispatch-log.ts';
import { documentStore } from './adapters/dynamodb/document-store.ts';
import { invoiceStore } from './adapters/dynamodb/invoice-store.ts';
import { labelSerials } from './adapters/dynamodb/label-serials.ts';
import { messageLog } from './adapters/dynamodb/message-log.ts';
import { orderQueries } from './adapters/dynamodb/order-queries.ts';
import { partnerMasterStore } from './adapters/dynamodb/partner-master-store.ts';
import { personalRequestStore } from './adapters/dynamodb/personal-request-store.ts';
import { stockAdviceStore } from './adapters/dynamodb/stock-advice-store.ts';
import { guardedFetch } from './adapters/guarded-fetch.ts';
import { readConnectionSecret, readSigningSecret } from './adapters/secrets.ts';
import type { ChannelContext, Deadlines } from './channels/channel.ts';
import type { OpenMailbox } from './channels/core/mailbox.ts';
import type { Ports } from './orders/ports.ts';
import { optional, pause } from './wiring.ts';

/**
 * What channels and carriers work with, on the real store, clock and network.
 *
 * @param deadlines how long a channel may be asked, where nobody of it waits for an answer
 * @param openMailbox of functions that deliver documents or collect them; SSH is a sixth of a megabyte of their code
 */
export function createChannelContext(
  table: Table,
  {
    ports,
    logger,
    deadlines,
    openMailbox,
    saveSigningKey,
  }: {
    readonly ports: Ports;
    readonly logger: Logger;
    readonly deadlines?: Deadlines;
    readonly openMailbox?: OpenMailbox;
    readonly saveSigningKey?: ChannelContext['saveSigningKey'];
  },
): ChannelContext {
  // A function is given the secrets of those webhooks that it deals with.
  const secrets = webhookRecord(({ path }) => optional(secretVariable(path)));
  const urls = webhookRecord(({ path }) => optional(notificationVariable(path)));
  const apiUrl = optional('API_BASE_URL');
  const allowPrivate = optional('ALLOW_PRIVATE_ADDRESSES') === 'true';
  return {
    ports,
    logger,
    deadlines,
    openMailbox,
    saveSigningKey,
    messages: messageLog(table),
    personalRequests: personalRequestStore(table),
    queries: orderQueries(table),
    connections: connectionStore(table),
    access: accessStore(table),
    masters: partnerMasterStore(table),
    documents: documentStore(table),
    stockAdvices: stockAdviceStore(table),
    invoices: invoiceStore(table),
    dispatches: dispatchLog(table),
    numbers: controlNumbers(table, pause),
    takeSerials: labelSerials(table),
    fetch: guardedFetch({ allowPrivate }),
    async readSecret({ path }, secretName) {
      const secretId = secretName ?? secrets[path];
      if (secretId === undefined) throw new Error(`the environment lacks ${secretVariable(path)}`);
      // Locally whoever starts the loop chooses, for instance what a test signs with.
      return allowPrivate ? readConnectionSecret(secretId) : readSigningSecret(secretId);
    },
    // Of what others choose, as they do a password, nothing is asked.
    readLogin: async (secretName) => (await readConnectionSecret(secretName)).current,
    webhookUrl: ({ path }) => urls[path] ?? `${apiUrl}/webhooks/${path}`,
  };
}
