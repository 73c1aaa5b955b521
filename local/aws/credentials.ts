/** With this the fakes of shops are called, beside tokens that they gave themselves. */
export const LOCAL_ACCESS_TOKEN = 'local-access-token';

/** The app by which shops are connected: with Shopify's its secret is the one that signs. */
export const LOCAL_CLIENT_ID = 'local-app';
export const LOCAL_CLIENT_SECRET = 'local-app-secret';
