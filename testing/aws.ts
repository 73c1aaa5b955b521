import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { bucketEndpoint } from '../local/aws/buckets.ts';
import { type Actions, awsEndpoint } from '../local/aws/endpoint.ts';
import { reportAt } from '../local/report.ts';

export { AwsError } from '../local/aws/endpoint.ts';

/** What every AWS client needs to find and trust a fake on this machine. */
export const TEST_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
} as const;

/**
 * Answers AWS requests while the tests of a file run.
 *
 * @param actions by the name in the protocol's header, for example `AWSEvents.PutEvents`; an action that throws an
 * `AwsError` is answered with that error
 * @param folder where the objects of buckets lie. @default there are no buckets
 */
export function useAws(actions: Actions, folder?: string): { readonly endpoint: string } {
  let server: Server;
  let endpoint = '';
  beforeAll(async () => {
    // What goes wrong here is answered as the service's own failure, and seen in what the test expects.
    const services = awsEndpoint(actions, reportAt('SILENT'));
    const answer = folder === undefined ? services : bucketEndpoint(folder, services);
    server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    get endpoint() {
      return endpoint;
    },
  };
}
