/** The fictitious account of the rehearsal. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

/** Credentials that no real account accepts: a rehearsal cannot reach one. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
} as const;
