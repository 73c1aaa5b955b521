import type { ServerResponse } from 'node:http';
import {
  PROBLEM_MEDIA_TYPE,
  type ProblemCode,
  type ProblemDocument,
  problemDocument,
} from '../../contract/problems.ts';
import type { FunctionAnswer } from './event.ts';

/** Sends a problem document. */
export function sendProblem(
  response: ServerResponse,
  code: ProblemCode,
  detail: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  more: Partial<ProblemDocument> = {},
): void {
  const problem = problemDocument(code, detail, path, more);
  send(response, problem.status, { 'content-type': PROBLEM_MEDIA_TYPE, ...headers }, JSON.stringify(problem));
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(value));
}

/** Sends what a function answered; like an HTTP API it takes anything without a status code for the body itself. */
export function sendFunctionAnswer(response: ServerResponse, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    sendJson(response, 200, answer);
    return;
  }
  const {
    statusCode = 200,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded,
  } = answer as FunctionAnswer;
  send(
    response,
    statusCode,
    {
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    },
    isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  );
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: string | Buffer,
): void {
  const hasNone = status === 204 || status === 304;
  response.setHeader('x-content-type-options', 'nosniff');
  response.writeHead(status, {
    ...headers,
    ...(hasNone ? {} : { 'content-length': Buffer.byteLength(body) }),
  } as Record<string, string | string[]>);
  response.end(hasNone ? undefined : body);
}
