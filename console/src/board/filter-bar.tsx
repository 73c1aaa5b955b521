import { Autocomplete, Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { InventorySummary } from '../../../contract/responses.ts';
import { CHANNEL_LABELS, CHANNELS } from '../../../domain/order/channels.ts';
import { api, type Page } from '../api.ts';
import { useMay } from '../session.ts';
import type { FilterName, useFilters } from './filters.ts';

const CHANNEL_CHOICES = CHANNELS.map((value) => ({ value, label: CHANNEL_LABELS[value] }));
const ATTENTIONS = [
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
  readonly filters: ReturnType<typeof useFilters>;
  /** Customers of the loaded orders, as suggestions. */
  readonly customers: readonly string[];
}

/** The filters of the board; the URL holds their values. */
export function FilterBar({ filters, customers }: Props) {
  const { of, set, clear, isFiltered } = filters;
  const may = useMay();
  const skus = useQuery({
    queryKey: ['inventory', 'names'],
    queryFn: () => api<Page<InventorySummary>>('/v1/inventory?limit=100'),
    staleTime: 60_000,
    enabled: may('inventory/read'),
  });
  const choice = (
    name: FilterName,
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
    <fieldset className="filters plain" aria-label="Filters">
      {choice('channel', 'Any channel', CHANNEL_CHOICES)}
      {choice('type', 'DTC and B2B', ['DTC', 'B2B'])}
      <Exact
        label="Customer"
        value={of('customer')}
        known={customers}
        onApply={(value) => set('customer', value)}
      />
      <Exact
        label="SKU"
        value={of('sku')}
        known={(skus.data?.items ?? []).map(({ sku }) => sku)}
        onApply={(value) => set('sku', value)}
      />
      {choice('age', 'Any age', AGES)}
      {choice('attention', 'Needs attention', ATTENTIONS)}
      {choice('test', 'Live orders', [{ value: 'true', label: 'Test orders' }])}
      {isFiltered && (
        <Button size="xs" variant="subtle" onClick={clear}>
          Clear filters
        </Button>
      )}
    </fieldset>
  );
}

/** A text filter that matches as a whole: it applies on selection, on Enter, and on blur. */
function Exact({
  label,
  value,
  known,
  onApply,
}: {
  readonly label: string;
  readonly value: string;
  readonly known: readonly string[];
  readonly onApply: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const apply = (given: string) => {
    if (given.trim() !== value) onApply(given.trim());
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
      onOptionSubmit={apply}
      onBlur={() => apply(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) apply(text);
      }}
      clearable
      onClear={() => apply('')}
    />
  );
}
