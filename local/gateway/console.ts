import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const WELCOME = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="3">
<title>Order Loop</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Order Loop</h1>
<p>Every order of every channel in one loop, running on this machine.</p>
<ul>
  <li><a href="/docs">The API</a> and its <a href="/openapi.json">OpenAPI document</a></li>
  <li><a href="/dev/bus">What the bus carried</a>, <a href="/dev/queues">the queues</a>,
      <a href="/dev/executions">the workflows</a></li>
</ul>
<p>The operators' console is being built, which takes some seconds the first time; this page then becomes it.
<code>npm run build:console</code> builds it by itself.</p>
</html>
`;

/**
 * What the console's pages may load and run: their own files, and nothing of anyone else. The component library sets
 * styles while it runs; scripts never stand in the page.
 */
const CONSOLE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const WELCOME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Answers a request with a file of the console; false when there is none. */
export type ServeConsole = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Serves the console's built files. Paths without a file are views of the console, which its one page shows.
 *
 * @param folder where the build puts them; without it there is only a page that says what runs here
 */
export function consoleFiles(folder: string): ServeConsole {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = pathOf(request);
    if (path === null) return false;
    const isView = extname(path) === '' && (request.headers.accept ?? '').includes('text/html');
    const found =
      (await fileAt(folder, path)) ?? (isView || path === '/' ? await fileAt(folder, '/index.html') : null);
    if (found === null && path !== '/') return false;
    response.setHeader(
      'content-type',
      MEDIA_TYPES[found === null ? '.html' : extname(found.path)] ?? 'application/octet-stream',
    );
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-security-policy', found === null ? WELCOME_POLICY : CONSOLE_POLICY);
    response.setHeader('referrer-policy', 'no-referrer');
    // Built files carry a digest in their names; the page that names them is always asked for again.
    const isLasting = found !== null && path.startsWith('/assets/');
    response.setHeader('cache-control', isLasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (request.method === 'HEAD') response.end();
    else if (found === null) response.end(WELCOME);
    else await pipeline(createReadStream(found.path), response);
    return true;
  };
}

/** @returns the decoded path, or null when it makes no sense or has a way around in it. */
function pathOf(request: IncomingMessage): string | null {
  try {
    const decoded = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
    const plain = normalize(decoded).replaceAll(sep, '/');
    return decoded.startsWith('/') && decoded === plain && !decoded.includes('\0') ? plain : null;
  } catch {
    return null;
  }
}

async function fileAt(folder: string, path: string): Promise<{ readonly path: string } | null> {
  const full = join(folder, path);
  try {
    return (await stat(full)).isFile() ? { path: full } : null;
  } catch {
    return null;
  }
}
