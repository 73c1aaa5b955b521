import type { HttpAnswer } from '../../middleware/http.ts';
import { escapeHtml, htmlPage } from '../html.ts';

/**
 * What the operator's browser shows when a shop has sent it back.
 *
 * @param completed null for an authorization that was not begun here, is over or was used
 */
export function authorizationPage(
  completed: { readonly connectionId: string; readonly isGranted: boolean } | null,
): HttpAnswer {
  if (completed === null) {
    return page(
      410,
      'This page cannot be used again',
      'The authorization was not begun here, is over or was used. Begin it again in the console, under Operations, Connections.',
    );
  }
  const { connectionId, isGranted } = completed;
  return isGranted
    ? page(200, `${connectionId} is connected`, 'The loop has access to the shop. You can close this page.')
    : page(
        403,
        `${connectionId} has no access`,
        'Access was not given. The console says why, under Operations, Connections; begin it again there.',
      );
}

function page(status: number, title: string, text: string): HttpAnswer {
  return htmlPage({
    status,
    title,
    style: '',
    body: `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`,
  });
}
