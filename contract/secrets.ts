/** Prefix of the names of connections' secrets in Secrets Manager; the deployed roles allow no others. */
export const CONNECTION_SECRETS = 'order-loop/connections/';
