import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Marked } from 'marked';
import type { Plugin } from 'vite';

const DOCS = resolve(import.meta.dirname, '..', 'docs');

/** Where the console shows documents, by their file in `docs`. A link to any other document is shown as text. */
export const SHOWN: Readonly<Record<string, string>> = {
  'operators.md': '/help',
  'glossary.md': '/help/glossary',
};

/** @returns the anchor of a heading, as GitHub makes it, so that links work in both places. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * Lets the console import a markdown file as HTML: `import guide from '….md'`. It is rendered when the console is built,
 * so that no renderer is loaded and nothing has to be allowed by the content security policy. Pictures become files of the
 * build.
 */
export function markdownGuide(): Plugin {
  return {
    name: 'markdown-guide',
    transform(code, id) {
      return id.endsWith('.md') ? { code: moduleOf(code, id), moduleType: 'js' } : null;
    },
  };
}

/** Marks the place of a picture's address, which is known only to the build. */
const PLACE = '\u0000';

function moduleOf(markdown: string, file: string): string {
  const pictures: string[] = [];
  const marked = new Marked({
    async: false,
    renderer: {
      heading({ tokens, depth, text }) {
        const id = anchorOf(text);
        return `<h${depth} id="${id}" tabindex="-1">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href, file);
        return target === null ? text : `<a href="${target}">${text}</a>`;
      },
      image({ href, text }) {
        const { width, height } = sizeOf(resolve(dirname(file), href));
        const source = `${PLACE}${pictures.push(href) - 1}${PLACE}`;
        return `<img src="${source}" alt="${text}" width="${width}" height="${height}" loading="lazy">`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  const parts = html
    .split(PLACE)
    .map((part, index) => (index % 2 === 0 ? JSON.stringify(part) : `picture${part}`));
  const imports = pictures.map(
    (href, index) => `import picture${index} from ${JSON.stringify(`./${href}`)};`,
  );
  return `${imports.join('\n')}\nexport default ${parts.join(' + ')};\n`;
}

/** @returns where a link leads in the console; null where the console does not show what it leads to. */
function targetOf(href: string, file: string): string | null {
  if (href.startsWith('#')) return href;
  const [path = '', heading] = href.split('#');
  const shown = SHOWN[relative(DOCS, resolve(dirname(file), path))];
  return shown === undefined ? null : shown + (heading === undefined ? '' : `#${heading}`);
}

/** @returns the pixels of a PNG, from its header: with them the page does not move when the picture arrives. */
function sizeOf(picture: string): { readonly width: number; readonly height: number } {
  const header = readFileSync(picture).subarray(16, 24);
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
}
