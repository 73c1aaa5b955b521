import type { KeptGrant } from './authorization.ts';

/** A secret that is being signed with: the current one signs, the previous one still counts while it is exchanged. */
export interface SharedSecretValue {
  readonly current: string;
  readonly previous: string | undefined;
  /** With which the other party's own API is called, where it has one. */
  readonly accessToken?: string | undefined;
  /** Of the app by which the other party is connected, where messages are signed with another one. */
  readonly clientSecret?: string | undefined;
  /** Of the application itself, for what the token of a connected party may not do. */
  readonly applicationToken?: string | undefined;
  /** What the other party's page gave. */
  readonly grant?: KeptGrant | undefined;
}
