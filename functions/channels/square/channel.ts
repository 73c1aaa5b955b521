import type { Channel, ChannelContext } from '../channel.ts';
import { answerShop } from '../core/answer-shop.ts';
import { grantedToken, NotAuthorized } from '../core/authorization.ts';
import { processRevocation } from '../core/process-revocation.ts';
import { ShopRefused, type SquareAccount } from '../core/shops.ts';
import { stockOfShops } from '../core/stock-items.ts';
import { isReachable } from '../core/webhook-address.ts';
import { squareAuthorization } from './client/authorization.ts';
import { squareRest } from './client/rest.ts';
import { squareAccount } from './client/square-account.ts';
import { squareStock } from './client/stock.ts';
import { subscribeSquare } from './client/subscriptions.ts';
import { SQUARE } from './descriptor.ts';
import { REVOKED, readEnvelope, readJson, readMessage } from './inbound/message.ts';
import { squarePolling } from './inbound/poll.ts';
import { processMessage } from './inbound/process-message.ts';
import { isSignedBySquare } from './inbound/signature.ts';
import { squareNotifier } from './outbound/notify-square.ts';

/** Square wants an answer within ten seconds, and is asked for the order and for its items. */
const DEADLINES = { inAll: 4_000, forOne: 2_500 };

const BY_HAND =
  'The subscription is made by hand in the Developer Console of Square, and not looked after: the secret of the connection holds no applicationToken. See docs/connect-a-shop.md.';

const { webhook } = SQUARE;

/** Accounts of merchants at Square, each a connection of its own. */
export function squareChannel(context: ChannelContext): Channel {
  const { ports, connections, access, documents, dispatches, logger, fetch, deadlines = DEADLINES } = context;
  const accessOf = async (merchant: string) => {
    const connection = await connections.find('SQUARE', merchant);
    if (connection === null) return null;
    const { apiBaseUrl, secretName, locationId, paymentRules: rules = [] } = connection.settings;
    const secret = await context.readSecret(webhook, secretName);
    const accessToken = grantedToken(secret, merchant) ?? secret.accessToken;
    return { accessToken, apiBaseUrl, deadlines, fetch, rules, locationId };
  };
  const findShop = async (merchant: string): Promise<SquareAccount | null> => {
    const found = await accessOf(merchant);
    return found === null ? null : squareAccount(found);
  };
  const appOf = async (merchant: string) => {
    const connection = await connections.find('SQUARE', merchant);
    if (connection === null) throw new NotAuthorized(`${merchant} is not connected any more`);
    const { clientId, apiBaseUrl, secretName } = connection.settings;
    const { clientSecret } = await context.readSecret(webhook, secretName);
    if (clientId === undefined) throw new NotAuthorized('the connection names no clientId of an application');
    if (clientSecret === undefined) {
      throw new NotAuthorized('the secret of the connection holds no clientSecret of the application');
    }
    return { clientId, clientSecret, apiBaseUrl };
  };
  const connected = async (merchant: string) => {
    const found = await accessOf(merchant);
    if (found === null) throw new ShopRefused('Square', 401, `${merchant} is not connected any more`);
    return found;
  };
  const polling = squarePolling(async (merchant) => {
    const found = await connected(merchant);
    return { request: squareRest(found), account: squareAccount(found), rules: found.rules };
  });
  const ask = (merchant: string) => polling.page(merchant, ports.now(), null);
  return {
    inbound: {
      webhook,
      endpoint: webhook.path,
      channel: 'SQUARE',
      async authenticate({ headers, rawBody }) {
        const envelope = readEnvelope(readJson(rawBody));
        const connection = envelope === null ? null : await connections.find('SQUARE', envelope.merchantId);
        const { notificationUrl, secretName } = connection?.settings ?? {};
        const secret = await context.readSecret(webhook, secretName);
        const isSigned = isSignedBySquare({
          rawBody,
          signature: headers['x-square-hmacsha256-signature'],
          notificationUrl: notificationUrl ?? context.webhookUrl(webhook),
          keys: [secret.current, secret.previous],
        });
        if (!isSigned) return { refused: 'signature' };
        if (envelope === null || connection === null) return { refused: 'not connected' };
        const { connectionId } = connection;
        const proof = { method: webhook.signatureHeader, secretName: secretName ?? null };
        return { connectionId, source: envelope.merchantId, proof };
      },
      identify({ rawBody }) {
        const { eventId, type } = readEnvelope(readJson(rawBody)) ?? { eventId: '', type: '' };
        return { key: `event ${eventId}`, topic: type };
      },
      async process(message) {
        const { source: merchant } = message.sender;
        if (message.topic === REVOKED) {
          const notice = `${merchant} has taken back the access of the application: no request is taken any more. Authorize the connection again, or remove it.`;
          return processRevocation(access, message, ports.now(), () => ask(merchant), notice);
        }
        const read = readMessage(message.topic, readJson(message.body));
        if ('problem' in read) return { kind: 'quarantined', reason: read.problem.detail };
        const account = await findShop(merchant);
        if (account === null) {
          return { kind: 'quarantined', reason: `${merchant} is not connected any more` };
        }
        const rules = (await connections.find('SQUARE', merchant))?.settings.paymentRules ?? [];
        return processMessage({ ports, logger, account, merchant, rules }, message, read.message);
      },
      answer: answerShop,
    },
    notify: squareNotifier({
      ...{ ports, deliveries: dispatches, documents, access, connections },
      ...{ findShop, ask },
    }),
    async subscribe(merchant) {
      const connection = await connections.find('SQUARE', merchant);
      if (connection === null) throw new ShopRefused('Square', 401, `${merchant} is not connected any more`);
      const { apiBaseUrl, secretName, clientId, notificationUrl, manageWebhooks } = connection.settings;
      const url = notificationUrl ?? context.webhookUrl(webhook);
      if (manageWebhooks === false || !isReachable(url, apiBaseUrl)) return null;
      const secret = await context.readSecret(webhook, secretName);
      // Without a page for sellers the token is the application's own.
      const accessToken =
        secret.applicationToken ?? (clientId === undefined ? secret.accessToken : undefined);
      if (accessToken === undefined) return { made: [], refused: [], note: BY_HAND };
      const { saveSigningKey } = context;
      const keep =
        secretName === undefined || saveSigningKey === undefined
          ? undefined
          : (key: string) => saveSigningKey(secretName, key);
      const keys = { known: [secret.current, secret.previous], save: keep };
      return subscribeSquare(squareRest({ accessToken, apiBaseUrl, deadlines, fetch }), url, keys);
    },
    authorization: squareAuthorization(appOf, { deadlines, fetch }),
    polling,
    stock: stockOfShops(async (merchant) => {
      const found = await connected(merchant);
      return squareStock({ request: squareRest(found), merchant, locationId: found.locationId });
    }),
  };
}
