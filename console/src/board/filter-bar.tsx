import { Autocomplete, Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { InventorySummary } from '../../../contract/responses.ts';
import { CHANNEL_LABELS, CHANNELS } from '../../../domain/order/channels.ts';
import { api, type Page } from '../api.ts';
import type { Narrowing, useNarrowing } from './narrowing.ts';

const CHANNEL_CHOICES = CHANNELS.map((value) => ({ value, label: CHANNEL_LABELS[value] }));
const LOOKS = [
  { value: 'AT_RISK', label: 'At risk or late' },
  { value: 'HELD', label: 'Held' },
  { value: 'BACKORDERED', label: 'Backordered' },
];
const AGES = [
  { value: '1', label: 'Over a day old' },
  { value: '3', label: 'Over 3 days old' },
  { value: '7', label: 'Over a week old' },
  { value: '30', label: 'Over 30 days old' },
];

interface Props {
  readonly narrowing: ReturnType<typeof useNarrowing>;
  /** Customers that are in sight, to choose from. */
  readonly customers: readonly string[];
}

/** What the board can be narrowed to; every choice is kept in the address. */
export function FilterBar({ narrowing, customers }: Props) {
  const { of, set, clear, isNarrowed } = narrowing;
  const skus = useQuery({
    queryKey: ['inventory', 'names'],
    queryFn: () => api<Page<InventorySummary>>('/v1/inventory?limit=100'),
    staleTime: 60_000,
  });
  const choice = (
    name: Narrowing,
    label: string,
    data: readonly (string | { value: string; label: string })[],
  ) => (
    <Select
      size="xs"
      aria-label={label}
      placeholder={label}
      data={data}
      value={of(name) || null}
      onChange={(value) => set(name, value)}
      clearable
    />
  );
  return (
    <fieldset className="filters plain" aria-label="Narrow the board down">
      {choice('channel', 'Any channel', CHANNEL_CHOICES)}
      {choice('type', 'DTC and B2B', ['DTC', 'B2B'])}
      <Exact
        label="Customer"
        value={of('customer')}
        known={customers}
        onSettle={(value) => set('customer', value)}
      />
      <Exact
        label="SKU"
        value={of('sku')}
        known={(skus.data?.items ?? []).map(({ sku }) => sku)}
        onSettle={(value) => set('sku', value)}
      />
      {choice('age', 'Any age', AGES)}
      {choice('look', 'Needs a look', LOOKS)}
      {isNarrowed && (
        <Button size="xs" variant="subtle" onClick={clear}>
          Show all
        </Button>
      )}
    </fieldset>
  );
}

/** A text that is looked for as a whole: it counts when it is chosen, entered, or left. */
function Exact({
  label,
  value,
  known,
  onSettle,
}: {
  readonly label: string;
  readonly value: string;
  readonly known: readonly string[];
  readonly onSettle: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const settle = (given: string) => {
    if (given.trim() !== value) onSettle(given.trim());
  };
  return (
    <Autocomplete
      size="xs"
      aria-label={label}
      placeholder={label}
      data={known}
      limit={12}
      value={text}
      onChange={setText}
      onOptionSubmit={settle}
      onBlur={() => settle(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) settle(text);
      }}
      clearable
      onClear={() => settle('')}
    />
  );
}
