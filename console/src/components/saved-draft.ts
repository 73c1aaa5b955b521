import { useState } from 'react';
import { useSession } from '../session.ts';

const PREFIX = 'draft ';

/**
 * What is being typed, kept for as long as the tab is open: a session that ends in the middle of an order leads away to
 * the sign-in and back, and the order is to be there then, for whoever typed it and for nobody else.
 *
 * @param name of the form, once in the console
 * @returns the draft, what sets it, and what is called when it has been sent
 */
export function useSavedDraft<Draft>(name: string, empty: Draft): [Draft, (next: Draft) => void, () => void] {
  const { who } = useSession();
  const key = `${PREFIX}${who} ${name}`;
  const [draft, setDraft] = useState<Draft>(() => kept<Draft>(key) ?? empty);
  const change = (next: Draft) => {
    setDraft(next);
    sessionStorage.setItem(key, JSON.stringify(next));
  };
  return [draft, change, () => sessionStorage.removeItem(key)];
}

/** Forgets what was typed: who signs out leaves nothing of a customer behind. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

function kept<Draft>(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}
