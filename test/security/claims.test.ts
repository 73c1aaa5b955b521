import { describe, expect, test } from 'vitest';
import { type Claims, clientOf, isPerson, scopesOf, subjectOf } from '../../contract/claims.ts';

interface Issuer {
  readonly setting: string | undefined;
  readonly person: Claims;
  readonly program: Claims;
  readonly client: string;
}

/** Access tokens as the issuers document them, of someone who signed in and of a client by its own credentials. */
const ISSUERS: Readonly<Record<string, Issuer>> = {
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
  Cognito: {
    setting: undefined,
    person: {
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      'cognito:groups': '[desk]',
      client_id: 'xxxxxxxxxxxxexample',
      token_use: 'access',
      scope: 'openid orders/read orders/write',
      auth_time: '1676312777',
      username: 'ada',
    },
    program: {
      sub: 'xxxxxxxxxxxxmachine',
      client_id: 'xxxxxxxxxxxxmachine',
      token_use: 'access',
      scope: 'orders/read orders/write',
    },
    client: 'xxxxxxxxxxxxexample',
  },
  // https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
  Auth0: {
    setting: 'sub=auth0|* sub=google-oauth2|*',
    person: {
      sub: 'auth0|6193cd',
      aud: '[https://loop.example https://tenant.auth0.com/userinfo]',
      azp: 'my_client_id',
      scope: 'openid orders/read orders/write',
    },
    program: {
      sub: 'machine_client@clients',
      azp: 'machine_client',
      scope: 'orders/read orders/write',
      gty: 'client-credentials',
    },
    client: 'my_client_id',
  },
  // https://developer.okta.com/docs/reference/api/oidc/#access-token-payload
  Okta: {
    setting: 'uid',
    person: {
      cid: 'nmdP1fcyvdVO11AL7ECm',
      uid: '00ugrenMeqvYla4HW0g3',
      scp: ['orders/read', 'orders/write'],
      sub: 'ada@example.com',
    },
    program: { cid: '0oamachine', sub: '0oamachine', scp: ['orders/read', 'orders/write'] },
    client: 'nmdP1fcyvdVO11AL7ECm',
  },
  // https://learn.microsoft.com/entra/identity-platform/optional-claims-reference (idtyp, with include_user_token)
  Entra: {
    setting: 'idtyp=user',
    person: {
      azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      scp: 'orders/read orders/write',
      idtyp: 'user',
    },
    program: {
      azp: '11111111-be56-4843-9ff4-e66a39bb12e3',
      oid: '99999999-ff1a-4d56-abd1-7e4f7d38e474',
      sub: '99999999-ff1a-4d56-abd1-7e4f7d38e474',
      scp: 'orders/read orders/write',
      idtyp: 'app',
    },
    client: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
  },
  // https://www.keycloak.org/docs/latest/server_admin/#_service_accounts (a service account has no session)
  Keycloak: {
    setting: 'sid',
    person: {
      sub: '5f1c8a42-0000-4000-8000-000000000001',
      azp: 'console',
      sid: '0b6d3c7e-0000-4000-8000-000000000002',
      scope: 'openid orders/read orders/write',
      preferred_username: 'ada',
    },
    program: {
      sub: '5f1c8a42-0000-4000-8000-000000000003',
      azp: 'batch',
      client_id: 'batch',
      scope: 'orders/read orders/write',
      preferred_username: 'service-account-batch',
    },
    client: 'console',
  },
};

describe.each(Object.entries(ISSUERS))('a token of %s', (_, { setting, person, program, client }) => {
  test('is a person’s or a program’s', () => {
    expect(isPerson(person, setting)).toBe(true);
    expect(isPerson(program, setting)).toBe(false);
  });

  test('names client, subject and scopes', () => {
    expect(clientOf(person)).toBe(client);
    expect(subjectOf(person)).toBe(person.oid ?? person.sub);
    for (const claims of [person, program]) {
      expect(scopesOf(claims)).toEqual(expect.arrayContaining(['orders/read', 'orders/write']));
    }
  });
});

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
