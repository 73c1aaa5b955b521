import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { AccessRules } from '../../contract/claims.ts';
import { COGNITO_GROUPS } from '../../contract/roles.ts';
import type { SignIn } from '../settings.ts';
import { sendJson, sendProblem } from './answer.ts';
import { readBody } from './body.ts';
import { SIGN_IN_PATH } from './sign-in.ts';
import { LOCAL_CLIENT, type TokenIssuer } from './tokens.ts';

const TokenRequest = z.object({
  scope: z.string().max(1000),
  sub: z.string().min(1).max(200).default('developer'),
  client_id: z.string().min(1).max(200).optional(),
  resource: z.url().max(1000).optional(),
  groups: z.array(z.string().min(1).max(200)).max(100).optional(),
});

/** What the pages under `/dev` show of the running stack. */
export interface Inspection {
  /** What the bus carried after the given event, oldest first; null when that event is not known. */
  busSince(eventId: string | null): readonly unknown[] | null;
  queues(): readonly unknown[];
  /** The newest first, those of one name when it is given. */
  executions(name: string | null): readonly unknown[];
}

/** Answers requests under `/dev`, which exist on this machine alone; false for any other request. */
export function developmentRoutes(issuer: TokenIssuer, inspection: Inspection, signIn: SignIn) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    // Not as a URL, which a path that begins with two slashes is not.
    const [path = '/', ...query] = (request.url ?? '/').split('?');
    const given = new URLSearchParams(query.join('?'));
    switch (`${request.method} ${path}`) {
      case 'POST /dev/token':
        await issueToken(issuer, request, response);
        return true;
      case 'GET /console-config.json':
        sendJson(response, 200, signIn === 'instant' ? {} : consoleConfig(`http://${request.headers.host}`));
        return true;
      case 'GET /dev/keys':
        sendJson(response, 200, issuer.keys);
        return true;
      case 'GET /dev/bus': {
        const items = inspection.busSince(given.get('since') || null);
        if (items === null) sendProblem(response, 'not_found', 'the bus carried no such event', path);
        else sendJson(response, 200, { items });
        return true;
      }
      case 'GET /dev/queues':
        sendJson(response, 200, { items: inspection.queues() });
        return true;
      case 'GET /dev/executions':
        sendJson(response, 200, { items: inspection.executions(given.get('name')) });
        return true;
      default:
        return false;
    }
  };
}

/** What a deployed console finds: how it signs in, at the address by which it was reached. */
function consoleConfig(own: string) {
  const rules: AccessRules = { groupsClaim: COGNITO_GROUPS };
  return { issuer: `${own}${SIGN_IN_PATH}`, clientId: LOCAL_CLIENT, scope: '', rules };
}

async function issueToken(
  issuer: TokenIssuer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = '/dev/token';
  const body = await readBody(request, 64 * 1024);
  if (body === null) {
    sendProblem(response, 'payload_too_large', 'a request for a token is short', path, {
      connection: 'close',
    });
    return;
  }
  let given: unknown;
  try {
    given = JSON.parse(body.toString('utf8'));
  } catch {
    sendProblem(response, 'malformed_json', 'the body is not well-formed JSON', path);
    return;
  }
  const asked = TokenRequest.safeParse(given);
  if (!asked.success) {
    sendProblem(
      response,
      'validation_failed',
      'send {"scope": "orders/read orders/write", "sub": "ada"}',
      path,
    );
    return;
  }
  const { scope, sub, client_id: client, resource, groups } = asked.data;
  sendJson(response, 200, {
    access_token: await issuer.issue(scope, sub, { client, resource, groups }),
    token_type: 'Bearer',
    expires_in: issuer.lifetimeSeconds,
  });
}
