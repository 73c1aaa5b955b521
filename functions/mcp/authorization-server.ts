import { AGENT_SCOPES } from '../../contract/routes.ts';

/**
 * Describes a user pool of Cognito as an authorization server (RFC 8414). Its own description says nothing of PKCE, which it
 * does support, and the Model Context Protocol has clients refuse a server that does not name it (revision 2025-11-25,
 * "Authorization Code Protection").
 *
 * @param issuer where this description is served: clients compare the two (RFC 8414, section 3.3)
 * @param signInUrl address of the pool's domain, without a slash at the end
 */
export function authorizationServer(issuer: string, signInUrl: string) {
  return {
    issuer,
    authorization_endpoint: `${signInUrl}/oauth2/authorize`,
    token_endpoint: `${signInUrl}/oauth2/token`,
    revocation_endpoint: `${signInUrl}/oauth2/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    // The client of agents has no secret.
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: AGENT_SCOPES,
  };
}
