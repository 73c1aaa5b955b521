import { ROLES, type Role, rolesOfGroups } from './roles.ts';
import { SCOPES } from './routes.ts';

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

/** How a deployment reads the tokens of its issuer. */
export interface AccessRules {
  /** Claims that tokens of people alone have. @default Cognito's */
  readonly personClaims?: string | undefined;
  /** The claim that holds the groups of a person, or a path to it: `groups`, `realm_access.roles`. @default no roles */
  readonly groupsClaim?: string | undefined;
  /** Which group stands for which role. @default the group that is named like the role */
  readonly roleGroups?: string | undefined;
}

/** What marks a person's token unless the deployment names something else: Cognito writes it for people alone. */
const COGNITO_PERSON = 'username';
/** Begins the user name of a client's own account, which has a session too where it gets refresh tokens. */
const KEYCLOAK_SERVICE_ACCOUNT = 'service-account-';

/** @returns the scopes that a token grants: `scope`, or `scp` where the issuer has that */
export function scopesOf({ scope, scp }: Claims): readonly string[] {
  return wordsOf(scope ?? scp);
}

/**
 * What a token allows. A scope says what a client may do for a person, and a role what the person may do, so that a person
 * has what both allow. A program has its scopes; Entra writes those of programs among the roles, and no `scp`.
 *
 * @returns scopes, empty for a person without a role
 */
export function grantedScopes(claims: Claims, rules: AccessRules): readonly string[] {
  const scopes = scopesOf(claims);
  if (rules.groupsClaim === undefined) return scopes;
  const roles = rolesOf(claims, rules);
  const hasScopes = claims.scope !== undefined || claims.scp !== undefined;
  // Whoever has a role is held to it, even where the token lacks the mark of a person.
  if ((roles.length > 0 && hasScopes) || isPerson(claims, rules.personClaims)) {
    const allowed = new Set<string>(roles.flatMap((role) => ROLES[role]));
    return scopes.filter((scope) => allowed.has(scope));
  }
  if (hasScopes) return scopes;
  const names: readonly string[] = SCOPES;
  return listOf(claimAt(claims, rules.groupsClaim)).filter((name) => names.includes(name));
}

/** @returns the roles that a person's groups give */
export function rolesOf(claims: Claims, { groupsClaim, roleGroups }: AccessRules): readonly Role[] {
  return groupsClaim === undefined ? [] : rolesOfGroups(listOf(claimAt(claims, groupsClaim)), roleGroups);
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
  if (textOf(claims.preferred_username)?.startsWith(KEYCLOAK_SERVICE_ACCOUNT)) return false;
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

/** A claim by its name, which may have points in it (`https://loop.example/groups`), or by the path to it. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}

/** Names as the issuer wrote them, which may have blanks in them; in the gateway's text a blank ends a name. */
function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : wordsOf(value);
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
