import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../middleware/http.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** What all pages share. The colours keep a contrast of at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3). */
const BASE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5c6069; --line: #d5d7dc; --paper: #fff; --card: #f6f7f9; --mark: #0b62b0; --done: #1d6f42; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #3a3d44; --paper: #111316; --card: #1a1d21; --mark: #7cbcff; --done: #6fcf97; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; line-height: 1.35; }
a { color: var(--mark); } :focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.soft { color: var(--soft); } code { font: .9em/1.5 ui-monospace, "SF Mono", Menlo, monospace; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); vertical-align: top; } thead th { border-top: 0; color: var(--soft); font-weight: 500; }
`;

export interface HtmlPage {
  readonly status: number;
  readonly title: string;
  /** HTML of the page; what comes from outside in it is escaped already. */
  readonly body: string;
  /** CSS of this page alone. */
  readonly style: string;
}

/** A page that needs no script, loads nothing and is not listed by search engines: its one style is allowed by its digest. */
export function htmlPage({ status, title, body, style }: HtmlPage): HttpAnswer {
  const css = BASE_STYLE + style;
  const digest = createHash('sha256').update(css).digest('base64');
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${css}</style></head>
<body><main>${body}</main></body></html>`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${digest}'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    },
    body: html,
  };
}
