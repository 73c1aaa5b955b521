import { Typography } from '@mantine/core';
import { type MouseEvent, useEffect } from 'react';
import { useLocation } from 'wouter';
import { useLocationProperty } from 'wouter/use-browser-location';
import glossary from '../../../docs/glossary.md';
import operators from '../../../docs/operators.md';

const DOCUMENTS = { operators, glossary };

/** A document of the operators, at the section that the URL names. */
export default function HelpPage({ name }: { readonly name: keyof typeof DOCUMENTS }) {
  const [, go] = useLocation();
  const hash = useLocationProperty(() => location.hash);
  useEffect(() => {
    const heading = document.getElementById(decodeURIComponent(hash.slice(1)));
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
  }, [hash]);
  // A link to another page of the console must not load it anew, which would end the session.
  const follow = (event: MouseEvent<HTMLElement>) => {
    const href = (event.target as HTMLElement).closest('a')?.getAttribute('href');
    if (!href?.startsWith('/') || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <Typography
      className="guide"
      onClick={follow}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: it is a document of this repository, rendered by the build
      dangerouslySetInnerHTML={{ __html: DOCUMENTS[name] }}
    />
  );
}
