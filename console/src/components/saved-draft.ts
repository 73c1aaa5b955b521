import { useState } from 'react';
import { useSession } from '../session.ts';

const PREFIX = 'draft ';

/**
 * A form draft in the tab's session storage. An expired session redirects to the sign-in and back, and the draft must
 * survive that, for its author only.
 *
 * @param name the unique name of the form
 * @returns the draft, its setter, and a function that removes it after submission
 */
export function useSavedDraft<Draft>(name: string, empty: Draft): [Draft, (next: Draft) => void, () => void] {
  const { who } = useSession();
  const key = `${PREFIX}${who} ${name}`;
  const [draft, setDraft] = useState<Draft>(() => stored<Draft>(key) ?? empty);
  const change = (next: Draft) => {
    setDraft(next);
    sessionStorage.setItem(key, JSON.stringify(next));
  };
  return [draft, change, () => sessionStorage.removeItem(key)];
}

/** Removes all drafts at sign-out, so no customer data stays in the browser. */
export function removeDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

function stored<Draft>(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}
