import type { AccessToken, VerifyAccessToken } from '../adapters/access-token.ts';
import { type HttpRequest, Problem } from '../middleware/http.ts';

/** Any of these lets a caller in; each tool asks for its own. */
const ENTRANCE = ['orders/read', 'orders/write'];

/**
 * Authenticates the client; the refusal of one without a token names where to get one (RFC 9728, section 5.1).
 *
 * @param metadataUrl where the description of the protected resource lies
 * @throws Problem `unauthorized` or `insufficient_scope` with the challenge that the protocol asks for
 */
export async function authorize(
  request: HttpRequest,
  verify: VerifyAccessToken,
  metadataUrl: string,
): Promise<AccessToken> {
  const metadata = `resource_metadata="${metadataUrl}"`;
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) {
    throw challenge(
      'unauthorized',
      'send an access token',
      `Bearer ${metadata}, scope="${ENTRANCE.join(' ')}"`,
    );
  }
  const token = await verify(bearer);
  if (token === null) {
    throw challenge(
      'unauthorized',
      'the access token is not accepted',
      `Bearer error="invalid_token", ${metadata}`,
    );
  }
  if (!ENTRANCE.some((scope) => token.scopes.includes(scope))) {
    throw challenge(
      'insufficient_scope',
      `the access token lacks the scope ${ENTRANCE.join(' or ')}`,
      `Bearer error="insufficient_scope", scope="${ENTRANCE.join(' ')}", ${metadata}`,
    );
  }
  return token;
}

function challenge(code: 'unauthorized' | 'insufficient_scope', detail: string, header: string): Problem {
  return new Problem(code, detail, {}, { 'www-authenticate': header });
}
