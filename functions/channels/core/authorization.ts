/** How an operator gives the loop access to a sender: on a page of the sender, which sends the browser back with a code. */
export interface Authorization {
  /**
   * @param source what the channel calls the sender
   * @returns the sender's page on which access is given
   * @throws NotAuthorized when the connection lacks what that takes
   */
  page(source: string, request: AuthorizationRequest): Promise<string>;
  /**
   * Exchanges what the sender's page sent back for an access token.
   *
   * @param answer the query with which the browser came back, decoded
   * @throws NotAuthorized when it was not sent by this sender, or access was not given
   * @throws Busy when the sender cannot be reached
   */
  grant(
    source: string,
    answer: Readonly<Record<string, string | undefined>>,
    request: AuthorizationRequest,
  ): Promise<Granted>;
  /**
   * Exchanges the refresh token for a new access token; absent where tokens do not end.
   *
   * @throws NotAuthorized when the sender took the access back
   * @throws Busy when the sender cannot be reached
   */
  refresh?(source: string, refreshToken: string): Promise<Granted>;
}

export interface AuthorizationRequest {
  /** Known to nobody else, used once. */
  readonly state: string;
  /** Where the sender sends the browser back to; it is registered there. */
  readonly redirectUri: string;
}

/** Access that a sender gave. */
export interface Granted {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** UTC; undefined where the token does not end. */
  readonly expiresAt?: string | undefined;
  /** Rights that were asked for and not given; empty where the sender does not say. */
  readonly missingScopes: readonly string[];
}

/** Access that was given by a sender, as its secret keeps it. */
export interface KeptGrant {
  /** What the channel calls the sender that gave it: a connection may stand for another one later. */
  readonly source: string;
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
}

/** Access was not given, or was taken back; the message says why, for people to read. */
export class NotAuthorized extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'NotAuthorized';
  }
}

/** @returns the token that the sender's page gave for this sender, if any. */
export function grantedToken(
  { grant }: { readonly grant?: KeptGrant | undefined },
  source: string,
): string | undefined {
  return grant?.source === source ? grant.accessToken : undefined;
}
