import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';

/** What the board is narrowed to, by the names that stand in the address. */
export const NARROWINGS = ['channel', 'type', 'customer', 'sku', 'age', 'look'] as const;
export type Narrowing = (typeof NARROWINGS)[number];

const DAY = 86_400_000;
const MINUTE = 60_000;

/** The filters that the address holds, what the API calls them, and how to change one. */
export function useNarrowing() {
  const [given, setGiven] = useSearchParams();
  const now = useMinute();
  const of = (name: Narrowing | 'number') => given.get(name) ?? '';
  const set = useCallback(
    (name: Narrowing | 'number', value: string | null) =>
      setGiven(
        (before) => {
          const next = new URLSearchParams(before);
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: true },
      ),
    [setGiven],
  );
  const clear = () => setGiven({});
  const query = useMemo(() => queryOf(given, now), [given, now]);
  const isNarrowed = NARROWINGS.some((name) => of(name) !== '');
  return { of, set, clear, query, isNarrowed };
}

/** The API's query for what the address says; empty for the whole board. */
function queryOf(given: URLSearchParams, now: number): string {
  const days = Number(given.get('age') ?? 0);
  const asked: readonly (readonly [string, string | null])[] = [
    ['channel', given.get('channel')],
    ['orderType', given.get('type')],
    ['customer', given.get('customer')],
    ['sku', given.get('sku')],
    ['attention', given.get('look')],
    ['to', days > 0 ? new Date(now - days * DAY).toISOString() : null],
  ];
  const query = new URLSearchParams();
  for (const [name, value] of asked) if (value) query.set(name, value);
  return query.toString();
}

/** The minute that it is: an age is measured from it, so that the same question is asked for a minute. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE));
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / MINUTE)), MINUTE / 4);
    return () => clearInterval(timer);
  }, []);
  return minute * MINUTE;
}
