import * as z from 'zod';
import type { Person, PersonalRequestKind } from '../../../privacy/ports.ts';
import { Text } from '../../core/lenient.ts';
import { readJson } from './json.ts';

const Customer = z.object({ customer: z.object({ id: Text, email: Text }), shop_domain: Text });
const Redaction = Customer.extend({ orders_to_redact: z.array(Text) });
const DataRequest = Customer.extend({ orders_requested: z.array(Text) });

/** Orders that one message names at most; those beyond are found by the address of their customer. */
const MAX_ORDERS = 1000;

/** What a shop asks for in the name of a customer. */
export interface PrivacyRequest {
  readonly kind: PersonalRequestKind;
  readonly person: Person;
}

/**
 * Reads what a shop asks for in the name of a customer. The topic is not signed: a message of another form is none of it.
 *
 * @param shop that is proven to have sent the message
 * @returns null for anything else, and for what names nobody
 * @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
 */
export function privacyRequestOf(topic: string, body: Uint8Array, shop: string): PrivacyRequest | null {
  const json = readJson(body);
  if ('problem' in json) return null;
  if (topic === 'customers/redact') {
    const { data } = Redaction.safeParse(json.value);
    return data === undefined ? null : requestOf('ERASURE', data, data.orders_to_redact, shop);
  }
  if (topic === 'customers/data_request') {
    const { data } = DataRequest.safeParse(json.value);
    return data === undefined ? null : requestOf('ACCESS', data, data.orders_requested, shop);
  }
  return null;
}

function requestOf(
  kind: PersonalRequestKind,
  { customer, shop_domain }: z.infer<typeof Customer>,
  externalIds: readonly (string | null)[],
  shop: string,
): PrivacyRequest | null {
  if (shop_domain !== shop) return null;
  const email = customer.email ?? '';
  const orders = externalIds
    .filter((externalId) => externalId !== null)
    .slice(0, MAX_ORDERS)
    .map((externalId) => ({ channel: 'SHOPIFY', source: shop, externalId }));
  if (email === '' && orders.length === 0) return null;
  return { kind, person: { ...(email !== '' && { email }), ...(orders.length > 0 && { orders }) } };
}
