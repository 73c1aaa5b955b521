import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consoleFiles } from '../../local/gateway/console.ts';
import { type ListeningServer, listen } from '../../local/gateway/server.ts';

let folder: string;
let server: ListeningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-console-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'index.html'), '<title>console</title>');
  writeFileSync(join(folder, 'dist', 'assets', 'app-1a2b.js'), 'run()');
  writeFileSync(join(folder, 'private.txt'), 'not to be served');
  server = await listen('127.0.0.1', 0, () => {});
  const serve = consoleFiles(join(folder, 'dist'));
  server.serve(async (request, response) => {
    if (!(await serve(request, response))) response.writeHead(404).end();
  });
});
afterAll(async () => {
  await server.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

async function get(path: string, accept = 'text/html') {
  const response = await fetch(`${server.url}${path}`, { headers: { accept } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

test('the page, its files and its views', async () => {
  expect((await get('/')).text).toBe('<title>console</title>');
  expect((await get('/orders/LMB-ORD-2026-0041')).text).toBe('<title>console</title>');
  const file = await get('/assets/app-1a2b.js', '*/*');
  expect(file.text).toBe('run()');
  expect(file.headers.get('content-type')).toMatch('text/javascript');
  expect(file.headers.get('cache-control')).toMatch('immutable');
});

test.each(['/missing.js', '/..%2fprivate.txt', '/assets/..%2f..%2fprivate.txt', '/%00', '/%zz', '/assets'])(
  '%s is no file of the console',
  async (path) => {
    expect((await get(path, '*/*')).status).toBe(404);
  },
);

test('without a build there is a page that says what runs here', async () => {
  const bare = await listen('127.0.0.1', 0, () => {});
  const serve = consoleFiles(join(folder, 'nowhere'));
  bare.serve(async (request, response) => {
    await serve(request, response);
  });
  expect(await (await fetch(bare.url)).text()).toMatch(/Order Loop/);
  await bare.stop(0);
});
