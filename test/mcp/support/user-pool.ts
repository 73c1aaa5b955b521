import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A user pool on this machine that behaves as Cognito's does for a client of agents. */
export interface UserPoolFake {
  /** The `iss` of its tokens, under which it describes itself as Cognito does. */
  readonly issuer: string;
  /** Address of its domain. */
  readonly signInUrl: string;
  /** What was asked for at the page where people sign in. */
  readonly asked: URLSearchParams[];
  close(): void;
}

/**
 * Opens a user pool. Its description has the fields of Cognito's and, as that, none for PKCE; codes are given for S256
 * challenges alone; tokens name their client, and their resource as audience where one was asked for.
 *
 * @param clientId the one client that it knows, which has no secret
 */
export async function openUserPool(clientId: string): Promise<UserPoolFake> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'pool', alg: 'RS256', use: 'sig' };
  const asked: URLSearchParams[] = [];
  const codes = new Map<string, URLSearchParams>();
  const server: Server = createServer(async (request, response) => {
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const url = new URL(request.url ?? '/', signInUrl);
    switch (url.pathname) {
      case '/pool/.well-known/openid-configuration':
        return json(200, {
          authorization_endpoint: `${signInUrl}/oauth2/authorize`,
          end_session_endpoint: `${signInUrl}/logout`,
          id_token_signing_alg_values_supported: ['RS256'],
          issuer: pool,
          jwks_uri: `${pool}/.well-known/jwks.json`,
          response_types_supported: ['code', 'token'],
          revocation_endpoint: `${signInUrl}/oauth2/revoke`,
          scopes_supported: ['openid', 'email', 'phone', 'profile'],
          subject_types_supported: ['public'],
          token_endpoint: `${signInUrl}/oauth2/token`,
          token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
          userinfo_endpoint: `${signInUrl}/oauth2/userInfo`,
        });
      case '/pool/.well-known/jwks.json':
        return json(200, { keys: [jwk] });
      case '/oauth2/authorize': {
        const wanted = url.searchParams;
        asked.push(wanted);
        if (wanted.get('client_id') !== clientId || wanted.get('code_challenge_method') !== 'S256') {
          return json(400, { error: 'invalid_request' });
        }
        const code = randomUUID();
        codes.set(code, wanted);
        const back = new URL(wanted.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', wanted.get('state') ?? '');
        return response.writeHead(302, { location: back.href }).end();
      }
      case '/oauth2/token': {
        const given = new URLSearchParams(await new Response(request as never).text());
        const code = given.get('code') ?? '';
        const wanted = codes.get(code);
        codes.delete(code);
        const challenge = createHash('sha256')
          .update(given.get('code_verifier') ?? '')
          .digest('base64url');
        if (wanted === undefined || wanted.get('code_challenge') !== challenge) {
          return json(400, { error: 'invalid_grant' });
        }
        const resource = wanted.get('resource');
        const token = await new SignJWT({
          client_id: clientId,
          username: 'ada',
          token_use: 'access',
          scope: wanted.get('scope') ?? '',
          ...(resource !== null && { aud: resource }),
        })
          .setProtectedHeader({ alg: 'RS256', kid: 'pool' })
          .setIssuer(pool)
          .setSubject('ada')
          .setIssuedAt()
          .setExpirationTime('1h')
          .sign(privateKey);
        return json(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
      }
      default:
        return json(404, {});
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const signInUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = `${signInUrl}/pool`;
  return {
    issuer: pool,
    signInUrl,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
