import { useState } from 'react';

const PREFIX = 'draft ';

/**
 * What is being typed, kept for as long as the tab is open: a session that ends in the middle of an order leads away to
 * the sign-in and back, and the order is to be there then.
 *
 * @param name of the form, once in the console
 * @returns the draft, what sets it, and what is called when it has been sent
 */
export function useKeptDraft<Draft>(name: string, empty: Draft): [Draft, (next: Draft) => void, () => void] {
  const [draft, setDraft] = useState<Draft>(() => kept<Draft>(name) ?? empty);
  const change = (next: Draft) => {
    setDraft(next);
    sessionStorage.setItem(PREFIX + name, JSON.stringify(next));
  };
  return [draft, change, () => sessionStorage.removeItem(PREFIX + name)];
}

/** Forgets what was typed: who signs out leaves nothing of a customer behind. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

function kept<Draft>(name: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}
