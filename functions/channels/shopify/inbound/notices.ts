import * as z from 'zod';
import { list, optionalObject, Text } from '../../core/lenient.ts';

/** What is read of messages that are about a person or the shop itself, and not about one order. */
const Notice = z.object({
  customer: optionalObject(z.object({ id: Text })),
  orders_to_redact: list(Text),
  orders_requested: list(Text),
  data_request: optionalObject(z.object({ id: Text })),
  shop_domain: Text,
  domain: Text,
});

type Sentence = (notice: z.infer<typeof Notice>) => string;

export const UNINSTALLED = 'app/uninstalled';

/** Laws and Shopify's terms set the days. @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance */
const NOTICES: Readonly<Record<string, Sentence>> = {
  'customers/redact': ({ customer, orders_to_redact }) =>
    `Shopify asks to erase the personal data of ${customerText(customer)} within 30 days${ordersText(orders_to_redact)}.`,
  'customers/data_request': ({ customer, orders_requested, data_request }) =>
    `${capitalized(customerText(customer))} asks for the data that is kept of them${ordersText(orders_requested)}: give it to the shop within 30 days (request ${data_request?.id ?? 'without a number'}).`,
  'shop/redact': ({ shop_domain }) =>
    `Shopify asks to erase the data of ${shop_domain ?? 'the shop'} within 30 days: it uninstalled the app 48 hours ago.`,
  [UNINSTALLED]: ({ domain }) =>
    `${domain ?? 'The shop'} has uninstalled the app: its access token is void, and no further messages come. Install the app again, or remove the connection.`,
};

/**
 * A message that an operator has to act on, and nothing here can.
 *
 * @returns what has to be done; null for any other topic
 */
export function noticeOf(topic: string, json: unknown): string | null {
  const sentence = NOTICES[topic];
  if (sentence === undefined) return null;
  const notice = Notice.safeParse(json);
  return sentence(notice.data ?? Notice.parse({}));
}

function customerText(customer: { readonly id: string | null } | null): string {
  return customer?.id == null ? 'a customer' : `customer ${customer.id.slice(0, 40)}`;
}

function ordersText(orders: readonly (string | null)[]): string {
  if (orders.length === 0) return '';
  return `, in the orders ${orders.slice(0, 50).join(', ')}${orders.length > 50 ? ' and others' : ''}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
