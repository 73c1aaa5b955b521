import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../console/guide.ts';

const DECISIONS = globSync('docs/adr/0*.md').sort();
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md']).filter(
  (file) => !file.includes('node_modules'),
);

describe('a decision record', () => {
  test.each(DECISIONS)('%s has a title, a date, a status and its three sections', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^# \d{4} \S.*\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (Accepted|Superseded by \[\d{4}\]\(\S+\))\n/,
    );
    expect(text.match(/^## .*/gm)).toEqual(['## Context', '## Decision', '## Consequences']);
  });

  test.each(DECISIONS)('%s is in the index under its title', (file) => {
    const [, number, title] = /^# (\d{4}) (.*)/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(readFileSync('docs/adr/README.md', 'utf8')).toContain(
      `| [${number}](${basename(file)}) | ${title} |`,
    );
  });
});

test.each(DOCUMENTS)('links of %s lead to files, and to headings in them', (document) => {
  const links = [...proseOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)];
  const missing = links
    .map(([, link = '']) => link)
    .filter((link) => {
      const [path = '', heading] = link.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(file)) return true;
      return heading !== undefined && file.endsWith('.md') && !headingsOf(file).includes(heading);
    });
  expect(missing).toEqual([]);
});

test('every document is found from the index of questions, or from one that it names', () => {
  const linked = (document: string): readonly string[] =>
    [...proseOf(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
      .map(([, link = '']) => join(dirname(document), link))
      .filter((file) => file.endsWith('.md'));
  const found = new Set(['docs/README.md']);
  // A set grows while it is gone through.
  for (const document of found) for (const file of linked(document)) found.add(file);
  expect(DOCUMENTS.filter((document) => !found.has(document))).toEqual([]);
});

test('the README stays short', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(107);
});

/** @returns the anchors of a document's headings, as GitHub makes them. */
function headingsOf(document: string): readonly string[] {
  return [...proseOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** @returns a document without its blocks of code, in which a hash begins a comment. */
function proseOf(document: string): string {
  return readFileSync(document, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}
