import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

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

test.each(DOCUMENTS)('links of %s lead to files', (document) => {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)];
  const missing = links
    .map(([, link = '']) => link)
    .filter((link) => !existsSync(join(dirname(document), link)));
  expect(missing).toEqual([]);
});
