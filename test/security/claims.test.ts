import { describe, expect, test } from 'vitest';
import {
  type AccessRules,
  type Claims,
  clientOf,
  grantedScopes,
  isPerson,
  rolesOf,
  scopesOf,
  subjectOf,
} from '../../contract/claims.ts';
import { ROLE_NAMES, ROLES } from '../../contract/roles.ts';
import { SCOPES } from '../../contract/routes.ts';

interface Issuer {
  readonly rules: AccessRules;
  /** Somebody of the desk. */
  readonly person: Claims;
  readonly program: Claims;
  readonly client: string;
}

/** Access tokens as the issuers document them, of someone who signed in and of a client by its own credentials. */
const ISSUERS: Readonly<Record<string, Issuer>> = {
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
  Cognito: {
    rules: { groupsClaim: 'cognito:groups' },
    person: {
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      'cognito:groups': ['desk'],
      iss: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example',
      version: 2,
      client_id: 'xxxxxxxxxxxxexample',
      origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      token_use: 'access',
      scope: 'openid orders/read orders/write finance/read',
      auth_time: 1676312777,
      exp: 1676316377,
      iat: 1676312777,
      jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      username: 'ada',
    },
    program: {
      sub: 'xxxxxxxxxxxxmachine',
      client_id: 'xxxxxxxxxxxxmachine',
      token_use: 'access',
      scope: 'orders/read orders/write',
      version: 2,
    },
    client: 'xxxxxxxxxxxxexample',
  },
  // https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles (groups: an action adds a claim with a
  // namespace, https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims)
  Auth0: {
    rules: { personClaims: 'sub=auth0|* sub=google-oauth2|*', groupsClaim: 'https://loop.example/roles' },
    person: {
      iss: 'https://my-domain.auth0.com/',
      sub: 'auth0|6553da60a54af58e29493993',
      aud: ['https://loop.example', 'https://my-domain.auth0.com/userinfo'],
      azp: 'my_client_id',
      scope: 'openid profile orders/read orders/write finance/read',
      'https://loop.example/roles': ['desk'],
    },
    program: {
      iss: 'https://my-domain.auth0.com/',
      sub: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients',
      aud: 'https://loop.example',
      azp: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx',
      scope: 'orders/read orders/write',
      gty: 'client-credentials',
    },
    client: 'my_client_id',
  },
  // The same page, RFC 9068 profile.
  'Auth0, RFC 9068': {
    rules: { personClaims: 'sub=auth0|*', groupsClaim: 'https://loop.example/roles' },
    person: {
      sub: 'auth0|6553da60a54af58e29493993',
      aud: ['https://loop.example', 'https://my-domain.auth0.com/userinfo'],
      client_id: 'my_client_id',
      jti: '73WakrfVbNJBaAmhQtEeDv',
      scope: 'openid profile orders/read orders/write finance/read',
      'https://loop.example/roles': ['desk'],
    },
    program: {
      sub: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients',
      aud: 'https://loop.example',
      client_id: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx',
      scope: 'orders/read orders/write',
    },
    client: 'my_client_id',
  },
  // https://developer.okta.com/docs/reference/api/oidc/#access-token-payload (groups: a claim of a custom authorization
  // server, https://developer.okta.com/docs/guides/customize-tokens-groups-claim/)
  Okta: {
    rules: { personClaims: 'uid', groupsClaim: 'groups', roleGroups: 'admin=Loop admins,desk=Order desk' },
    person: {
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: 'https://example.okta.com/oauth2/default',
      aud: 'api://loop',
      cid: 'nmdP1fcyvdVO11AL7ECm',
      uid: '00ugrenMeqvYla4HW0g3',
      scp: ['openid', 'orders/read', 'orders/write', 'finance/read'],
      sub: 'ada@example.com',
      groups: ['Everyone', 'Order desk'],
    },
    program: {
      ver: 1,
      cid: '0oamachine',
      sub: '0oamachine',
      scp: ['orders/read', 'orders/write'],
    },
    client: 'nmdP1fcyvdVO11AL7ECm',
  },
  // https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference: `scp` is in tokens of users alone,
  // application permissions are `roles`; idtyp: optional-claims-reference (with include_user_token)
  Entra: {
    rules: { personClaims: 'idtyp=user', groupsClaim: 'roles' },
    person: {
      aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      iss: 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0',
      azp: '22222222-be56-4843-9ff4-e66a39bb12e3',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      scp: 'orders/read orders/write finance/read',
      roles: ['desk'],
      idtyp: 'user',
      ver: '2.0',
    },
    program: {
      aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      azp: '11111111-be56-4843-9ff4-e66a39bb12e3',
      oid: '99999999-ff1a-4d56-abd1-7e4f7d38e474',
      sub: '99999999-ff1a-4d56-abd1-7e4f7d38e474',
      roles: ['orders/read', 'orders/write'],
      idtyp: 'app',
      ver: '2.0',
    },
    client: '22222222-be56-4843-9ff4-e66a39bb12e3',
  },
  // https://www.keycloak.org/docs/latest/server_admin/#_service_accounts (a service account has no session), and its mappers
  // for realm roles and for the client's id and address
  Keycloak: {
    rules: { personClaims: 'sid', groupsClaim: 'realm_access.roles' },
    person: {
      iss: 'https://id.example/realms/shop',
      sub: '5f1c8a42-0000-4000-8000-000000000001',
      typ: 'Bearer',
      azp: 'console',
      sid: '0b6d3c7e-0000-4000-8000-000000000002',
      realm_access: { roles: ['offline_access', 'desk', 'uma_authorization'] },
      scope: 'openid orders/read orders/write finance/read',
      preferred_username: 'ada',
    },
    program: {
      sub: '5f1c8a42-0000-4000-8000-000000000003',
      typ: 'Bearer',
      azp: 'batch',
      client_id: 'batch',
      clientHost: '192.0.2.7',
      clientAddress: '192.0.2.7',
      scope: 'orders/read orders/write',
      preferred_username: 'service-account-batch',
    },
    client: 'console',
  },
};

// https://github.com/keycloak/keycloak/issues/11653: no session unless "Use refresh tokens for client credentials grant" is on
test('a service account of Keycloak is a program, even where it has a session', () => {
  const { rules, program } = ISSUERS.Keycloak as Issuer;
  expect(isPerson({ ...program, sid: '0c7f5c6e-0000-4000-8000-000000000009' }, rules.personClaims)).toBe(
    false,
  );
});

describe.each(Object.entries(ISSUERS))('a token of %s', (_, { rules, person, program, client }) => {
  test('is a person’s or a program’s', () => {
    expect(isPerson(person, rules.personClaims)).toBe(true);
    expect(isPerson(program, rules.personClaims)).toBe(false);
  });

  test('names client and subject', () => {
    expect(clientOf(person)).toBe(client);
    expect(subjectOf(person)).toBe(person.oid ?? person.sub);
  });

  test('gives a person what both token and role allow', () => {
    expect(rolesOf(person, rules)).toEqual(['desk']);
    expect(grantedScopes(person, rules)).toEqual(['orders/read', 'orders/write']);
  });

  test('gives a program its own scopes', () => {
    expect(grantedScopes(program, rules)).toEqual(['orders/read', 'orders/write']);
  });

  test('gives a person without a role nothing', () => {
    const [claim = ''] = rules.groupsClaim?.split('.roles') ?? [];
    const { [claim]: __, ...without } = person;
    expect(grantedScopes(without, rules)).toEqual([]);
  });
});

describe('roles of people', () => {
  const rules = { groupsClaim: 'groups' };
  const person = (groups: unknown, scope = SCOPES.join(' ')) => ({
    sub: 'a',
    username: 'ada',
    scope,
    groups,
  });

  test.each(ROLE_NAMES)('%s has its scopes and no others', (role) => {
    expect(grantedScopes(person([role]), rules)).toEqual(SCOPES.filter((scope) => isOf(role, scope)));
  });

  test('several roles add up, and the token limits them all', () => {
    expect(rolesOf(person(['finance', 'warehouse']), rules)).toEqual(['warehouse', 'finance']);
    const scope = 'finance/read inventory/write operations/admin';
    expect(grantedScopes(person(['finance', 'warehouse'], scope), rules)).toEqual([
      'finance/read',
      'inventory/write',
    ]);
  });

  test.each<[string, unknown]>([
    ['a name with a blank, one word of which is a role', ['night admin']],
    ['another case', ['Admin']],
    ['a beginning', ['admins', 'adm']],
    ['a scope', ['operations/admin']],
    ['a path', ['/admin']],
    ['a list in a list', [['admin']]],
    ['an object', { admin: true }],
    ['a name of every object', ['constructor', '__proto__', 'toString']],
    ['nothing', []],
    ['a number', 7],
  ])('no group gives a role by %s', (_, groups) => {
    expect(grantedScopes(person(groups), rules)).toEqual([]);
  });

  test('a program gains nothing by groups, unless its issuer writes scopes there', () => {
    const program = { sub: 'erp', client_id: 'erp', groups: ['admin', 'operations/admin'] };
    expect(grantedScopes({ ...program, scope: 'orders/read' }, rules)).toEqual(['orders/read']);
    expect(grantedScopes({ ...program, scope: '' }, rules)).toEqual([]);
    expect(grantedScopes(program, rules)).toEqual(['operations/admin']);
  });

  test('whoever has a role is held to it without the mark of a person', () => {
    const unmarked = { sub: 'google-oauth2|1', scope: SCOPES.join(' '), groups: ['viewer'] };
    expect(isPerson(unmarked, 'sub=auth0|*')).toBe(false);
    expect(grantedScopes(unmarked, { ...rules, personClaims: 'sub=auth0|*' })).toEqual(
      SCOPES.filter((scope) => isOf('viewer', scope)),
    );
  });

  test('groups of an own name stand for roles, and those of another name do not', () => {
    const named = { ...rules, roleGroups: 'admin=Loop admins, desk=Sales,desk=690222be-ff1a' };
    expect(rolesOf(person(['Loop admins']), named)).toEqual(['admin']);
    expect(rolesOf(person(['690222be-ff1a', 'Sales']), named)).toEqual(['desk']);
    expect(rolesOf(person(['admin', 'viewer']), named)).toEqual([]);
  });

  test('without a claim of groups a token’s scopes are what it allows', () => {
    expect(grantedScopes(person(undefined, 'orders/read'), {})).toEqual(['orders/read']);
  });
});

function isOf(role: keyof typeof ROLES, scope: (typeof SCOPES)[number]): boolean {
  const scopes: readonly string[] = ROLES[role];
  return scopes.includes(scope);
}

test('what is marked by nothing is a program', () => {
  expect(isPerson({ sub: 'ada' })).toBe(false);
  expect(isPerson({ sub: 'ada', username: '' })).toBe(false);
  expect(isPerson({}, 'sub=auth0|*')).toBe(false);
  expect(isPerson({ sub: 'auth0|' }, 'sub=auth0|*')).toBe(false);
  expect(isPerson({ sub: 'ada' }, 'toString')).toBe(false);
  expect(isPerson({ sub: 'ada' }, '')).toBe(false);
});

test('a client that calls itself a person is a program', () => {
  expect(isPerson({ sub: 'batch', client_id: 'batch', username: 'ada' })).toBe(false);
  expect(isPerson({ sub: 'batch', azp: 'batch', idtyp: 'user' }, 'idtyp=user')).toBe(false);
});

test.each<[unknown, readonly string[]]>([
  ['orders/read orders/write', ['orders/read', 'orders/write']],
  ['[orders/read orders/write]', ['orders/read', 'orders/write']],
  [
    ['orders/read', 'orders/write'],
    ['orders/read', 'orders/write'],
  ],
  ['  orders/read   orders/write ', ['orders/read', 'orders/write']],
  ['[]', []],
  ['', []],
  [undefined, []],
  [7, []],
])('scopes in the form %j are read', (given, scopes) => {
  expect(scopesOf({ scope: given })).toEqual(scopes);
  expect(scopesOf({ scp: given })).toEqual(scopes);
});
