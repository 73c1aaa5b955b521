/**
 * What an access token says, however it came: as the issuer wrote it, or as API Gateway hands it to a function, where
 * every value is text and a list is `[a b]`.
 */
export type Claims = Readonly<Record<string, unknown>>;

/** A claim that tokens of people alone have: with any value, with this one, or with one that begins so. */
interface PersonMark {
  readonly claim: string;
  readonly value?: string;
  readonly isBeginning: boolean;
}

/** What marks a person's token unless the deployment names something else: Cognito writes it for people alone. */
const COGNITO_PERSON = 'username';

/** @returns the scopes that a token grants: `scope`, or `scp` where the issuer has that */
export function scopesOf({ scope, scp }: Claims): readonly string[] {
  return wordsOf(scope ?? scp);
}

/** @returns the client that a token was issued to, or undefined where it names none */
export function clientOf({ client_id, azp, cid, appid }: Claims): string | undefined {
  // Cognito and Keycloak; Auth0, Keycloak and Entra; Okta; Entra's first version.
  return textOf(client_id) ?? textOf(azp) ?? textOf(cid) ?? textOf(appid);
}

/**
 * @returns who a token is for, or undefined where it says nothing of it. Entra's `sub` differs from application to
 *   application for one person, and `oid` does not.
 */
export function subjectOf({ oid, sub }: Claims): string | undefined {
  return textOf(oid) ?? textOf(sub);
}

/**
 * @param setting claims that tokens of people alone have, separated by blanks: `username`, `idtyp=user`, `sub=auth0|*`
 * @returns whether a token is a person's. Anything that is not marked as a person is a program, and so is a token whose
 *   subject is its client.
 */
export function isPerson(claims: Claims, setting: string = COGNITO_PERSON): boolean {
  const client = clientOf(claims);
  if (client !== undefined && [textOf(claims.sub), subjectOf(claims)].includes(client)) return false;
  return marksOf(setting).some((mark) => bears(claims, mark));
}

function marksOf(setting: string): readonly PersonMark[] {
  return wordsOf(setting).map((word) => {
    const [claim = '', ...rest] = word.split('=');
    const value = rest.join('=');
    const isBeginning = value.endsWith('*');
    return { claim, isBeginning, ...(value !== '' && { value: isBeginning ? value.slice(0, -1) : value }) };
  });
}

function bears(claims: Claims, { claim, value, isBeginning }: PersonMark): boolean {
  const found = Object.hasOwn(claims, claim) ? textOf(claims[claim]) : undefined;
  if (found === undefined || value === undefined) return found !== undefined;
  return isBeginning ? found.startsWith(value) && found !== value : found === value;
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value !== 'string') return [];
  const text = value.trim();
  const list = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return list.split(/\s+/).filter(Boolean);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
