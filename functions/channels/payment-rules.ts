import * as z from 'zod';

/** States of a payment, in one set of words for all shops. */
export const PAYMENT_STATES = [
  'PENDING',
  'AUTHORIZED',
  'PARTIALLY_PAID',
  'PAID',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'EXPIRED',
  'VOIDED',
  'UNKNOWN',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Whether goods leave in a state of their payment, where the shop's own way is another than ours. */
export const PaymentRule = z.strictObject({
  gateway: z.string().min(1).max(100).optional().meta({
    description: 'How the customer pays, as the shop names it, in any case. Every way when it is missing.',
    example: 'Bank deposit',
  }),
  state: z
    .enum(PAYMENT_STATES)
    .optional()
    .meta({ description: 'The state of the payment. Every state when it is missing.' }),
  action: z
    .enum(['SHIP', 'HOLD'])
    .meta({ description: 'Whether the goods go, or wait with an AWAITING_PAYMENT hold.' }),
});
export type PaymentRule = z.infer<typeof PaymentRule>;

/** The setting of a connection that holds them. */
export const paymentRules = z.array(PaymentRule).max(50).optional().meta({
  description:
    'When goods leave; the first rule that fits decides. Without one, goods go when they are paid, authorized, partially refunded or paid on delivery, and wait otherwise.',
});

/** @returns the first rule that fits a payment */
export function ruleFor(
  { state, gateways }: { readonly state: PaymentState; readonly gateways: readonly string[] },
  rules: readonly PaymentRule[],
): PaymentRule | undefined {
  const named = new Set(gateways.map((gateway) => gateway.trim().toLowerCase()));
  return rules.find(
    (rule) =>
      (rule.state === undefined || rule.state === state) &&
      (rule.gateway === undefined || named.has(rule.gateway.trim().toLowerCase())),
  );
}

/** @returns whether the customer pays when the goods arrive, so that they go before the money is there. */
export function isPaidOnDelivery(gateways: readonly string[]): boolean {
  return gateways.some((gateway) => /cash.on.delivery|\bcod\b/i.test(gateway));
}
