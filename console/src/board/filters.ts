import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';

/** Filters of the board, by their names in the URL. */
const FILTERS = ['channel', 'type', 'customer', 'sku', 'age', 'attention', 'test'] as const;
export type FilterName = (typeof FILTERS)[number];

const DAY = 86_400_000;
const MINUTE = 60_000;

/** The filters in the URL, the API query for them, and how to change one. */
export function useFilters() {
  const [given, setGiven] = useSearchParams();
  const now = useMinute();
  const of = (name: FilterName | 'search') => given.get(name) ?? '';
  const set = useCallback(
    (name: FilterName | 'search', value: string | null) =>
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
  const isFiltered = FILTERS.some((name) => of(name) !== '');
  return { of, set, clear, query, isFiltered };
}

/** @returns the API query for the filters; empty for the whole board. */
function queryOf(given: URLSearchParams, now: number): string {
  const days = Number(given.get('age') ?? 0);
  const asked: readonly (readonly [string, string | null])[] = [
    ['channel', given.get('channel')],
    ['orderType', given.get('type')],
    ['customer', given.get('customer')],
    ['sku', given.get('sku')],
    ['attention', given.get('attention')],
    ['test', given.get('test')],
    ['to', days > 0 ? new Date(now - days * DAY).toISOString() : null],
  ];
  const query = new URLSearchParams();
  for (const [name, value] of asked) if (value) query.set(name, value);
  return query.toString();
}

/** The current minute: ages are relative to it, so the query stays the same for a minute. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE));
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / MINUTE)), MINUTE / 4);
    return () => clearInterval(timer);
  }, []);
  return minute * MINUTE;
}
