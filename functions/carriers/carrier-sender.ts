import type { ConnectionOf } from '../../contract/connections.ts';
import type { ChannelContext, Received, Sender } from '../channels/channel.ts';
import type { CarrierFormat } from './carrier.ts';
import { isCarrier } from './carrier-name.ts';

/** Secrets that are tried for one message; a company works with fewer carriers. */
const MAX_SECRETS = 50;

type CarrierConnection = ConnectionOf<'CARRIER'>;

/**
 * Finds the connection whose secret signed a message: messages of carriers name none. A secret that several connections
 * share is one sender.
 *
 * @returns null where no secret fits
 * @throws Busy when a secret cannot be read
 */
export async function authenticateCarrier(
  { connections, readSecret }: Pick<ChannelContext, 'connections' | 'readSecret'>,
  { webhook, isSigned }: CarrierFormat,
  request: Received,
): Promise<Sender | null> {
  const carriers = (await connections.list()).filter(isCarrierConnection);
  const named = carriers.flatMap(({ settings }) => settings.secretName ?? []);
  const secretNames = [undefined, ...new Set(named)].slice(0, MAX_SECRETS);
  for (const secretName of secretNames) {
    const { current, previous } = await readSecret(webhook, secretName);
    if (!isSigned(request, [current, previous])) continue;
    const [owner, ...others] = carriers.filter(({ settings }) => settings.secretName === secretName);
    return {
      connectionId: others.length === 0 ? (owner?.connectionId ?? null) : null,
      source: secretName ?? 'carrier',
      proof: { method: webhook.signatureHeader, secretName: secretName ?? null },
    };
  }
  return null;
}

/**
 * Decides for which shipments a sender speaks: for those of the carriers whose connections have its secret. Carriers
 * without a connection of their own are spoken for by a connection that names none, and by the webhook's own secret.
 *
 * @param connections all connections, as they are now
 * @param sender as it was proven when the message arrived
 * @returns whether the sender speaks for shipments of a carrier
 */
export function carrierScope(
  connections: readonly { readonly kind: string }[],
  { proof }: Pick<Sender, 'proof'>,
): (carrierOfShipment: string) => boolean {
  const carriers = connections.filter(isCarrierConnection);
  const isOwn = ({ settings }: CarrierConnection) => (settings.secretName ?? null) === proof.secretName;
  const speaksForOthers =
    proof.secretName === null || carriers.some((each) => isOwn(each) && each.settings.carrier === undefined);
  return (carrierOfShipment) => {
    const owners = carriers.filter(
      ({ settings: { carrier } }) => carrier !== undefined && isCarrier(carrierOfShipment, carrier),
    );
    return owners.length === 0 ? speaksForOthers : owners.some(isOwn);
  };
}

function isCarrierConnection(connection: { readonly kind: string }): connection is CarrierConnection {
  return connection.kind === 'CARRIER';
}
