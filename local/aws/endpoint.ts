import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../gateway/body.ts';
import type { RequestListener } from '../gateway/server.ts';
import type { Report } from '../report.ts';

/** An action of an AWS service: takes the request's fields, gives the answer's. */
export type Action = (input: Readonly<Record<string, unknown>>) => unknown;

/** Actions by the name that the JSON protocols send, for example `AWSEvents.PutEvents`. */
export type Actions = Readonly<Record<string, Action>>;

/** An error that the caller's SDK turns into its own error class. */
export class AwsError extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const BODY_LIMIT = 2 * 1024 * 1024;

/** Answers the AWS SDK's requests for the services that run in this process (protocols JSON 1.0 and 1.1). */
export function awsEndpoint(actions: Actions, report: Report): RequestListener {
  return async (request, response) => {
    const name = String(request.headers['x-amz-target'] ?? '');
    try {
      answer(response, 200, (await perform(actions, name, request)) ?? {});
    } catch (error) {
      if (!(error instanceof AwsError)) report.failure(`${name} failed`, error);
      const { status, message } =
        error instanceof AwsError ? error : { status: 500, message: 'internal error' };
      const type = error instanceof AwsError ? error.name : 'InternalFailure';
      answer(response, status, { __type: type, message });
    }
  };
}

async function perform(actions: Actions, name: string, request: IncomingMessage): Promise<unknown> {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined)
    throw new AwsError('UnknownOperationException', `${name} does not exist on this machine`);
  const body = await readBody(request, BODY_LIMIT);
  if (body === null) throw new AwsError('RequestEntityTooLargeException', 'the request is too large', 413);
  return action(JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>);
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(value));
}
