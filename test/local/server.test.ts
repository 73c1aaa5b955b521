import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ListeningServer, listen } from '../../local/gateway/server.ts';
import { HttpClient } from '../../testing/client.ts';

let server: ListeningServer;
let http: HttpClient;

beforeAll(async () => {
  server = await listen('127.0.0.1', 0, (error) => {
    throw error;
  });
  server.serve(async (_, response) => void response.writeHead(200).end());
  http = new HttpClient(server.url);
});

afterAll(async () => {
  http.close();
  await server.stop(0);
});

const status = async (host: string) => (await http.send('GET', '/dev/bus', { headers: { host } })).status;

test.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', 'x y'])(
  'a page of another site does not reach it under the name "%s"',
  async (host) => {
    expect(await status(host)).toBe(403);
  },
);

test.each(['localhost', 'LOCALHOST:4000', 'loop.localhost', '127.0.0.1:80', '[::1]:4000', '192.168.1.7'])(
  'it is reached as %s',
  async (host) => {
    expect(await status(host)).toBe(200);
  },
);
