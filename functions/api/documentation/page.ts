import type { HttpAnswer } from '../../middleware/http.ts';

/**
 * Its own files and API, and nothing of anyone else. The library sets styles while it runs, and draws from texts of
 * its own.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Order Loop API</title><link rel="icon" href="/loop.svg"></head>
<body><div id="reference"><h1>Order Loop API</h1>
<p>The reference is shown by scripts that are served with the console. Without them, read
<a href="/openapi.json">openapi.json</a> (OpenAPI 3.1) or <a href="/llms.txt">llms.txt</a>.</p></div>
<script defer src="/scalar.js"></script><script type="module" src="/api-reference.js"></script></body></html>
`;

/** The API reference for people; what shows it lies in `console/public`. */
export const documentationPage: HttpAnswer = {
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  },
  body: PAGE,
};
