/**
 * The access scopes that our requests to the Admin API need, those that write included; one that a token lacks refuses
 * the field of an order that it covers, and with it the whole request.
 *
 * @see https://shopify.dev/docs/api/usage/access-scopes
 */
export const ACCESS_SCOPES = [
  'read_orders',
  'write_orders',
  'read_customers',
  'read_payment_terms',
  'read_locations',
  'read_merchant_managed_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
  'write_fulfillments',
  'read_order_edits',
  'write_order_edits',
  'read_inventory',
  'write_inventory',
] as const;
