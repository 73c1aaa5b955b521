/** Where an order came from: the published enum. Every other list of channels follows from this one. */
export const CHANNELS = ['SHOPIFY', 'SQUARE', 'WOOCOMMERCE', 'EDI', 'MANUAL'] as const;
export type ChannelKind = (typeof CHANNELS)[number];

/** Display names of channels. */
export const CHANNEL_LABELS: Readonly<Record<ChannelKind, string>> = {
  SHOPIFY: 'Shopify',
  SQUARE: 'Square',
  WOOCOMMERCE: 'WooCommerce',
  EDI: 'EDI',
  MANUAL: 'Manual',
};
