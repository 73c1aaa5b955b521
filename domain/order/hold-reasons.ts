/** Why an order can be held: neither queued nor shipped until somebody lets it go. */
export const HOLD_REASONS = [
  'AWAITING_PAYMENT',
  'HIGH_RISK_OF_FRAUD',
  'INCORRECT_ADDRESS',
  'CREDIT_LIMIT',
  'LOT_QUALITY',
  'OTHER',
] as const;
