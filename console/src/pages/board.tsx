import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { BoardResponse, OrderSummary } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { count, daysUntil, money, sumOf, words } from '../format.ts';
import { Badges } from '../parts/badges.tsx';
import { Loaded, Nothing } from '../parts/states.tsx';

/** How often the board is read anew while it is looked at, in milliseconds. */
const EVERY = 2_000;
const MOST_CARDS = 100;

/** Every order that moves, by state; what is looked for stands in the address. */
export function BoardPage() {
  const [given, setGiven] = useSearchParams();
  const board = useQuery({
    queryKey: ['board'],
    queryFn: () => api<BoardResponse>(`/v1/board?limit=${MOST_CARDS}`),
    refetchInterval: EVERY,
  });
  const filter = (name: string) => given.get(name) ?? '';
  const set = (name: string, value: string | null) =>
    setGiven((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const shows = (order: OrderSummary) => {
    const wanted = filter('q').trim().toLowerCase();
    const texts = [
      order.orderId,
      order.customer.name,
      order.customer.reference,
      order.purchaseOrderNumber,
      order.externalId,
    ];
    return (
      (filter('channel') === '' || order.channel === filter('channel')) &&
      (filter('type') === '' || order.orderType === filter('type')) &&
      (filter('look') !== 'at-risk' || order.deliveryWindowStatus !== undefined) &&
      (filter('look') !== 'held' || order.holds.length > 0) &&
      (filter('look') !== 'backordered' || order.units.backordered > 0) &&
      (wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted)))
    );
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Board
        </Title>
        <Search />
      </Group>
      <Group gap="xs">
        <TextInput
          aria-label="Narrow down"
          placeholder="Number, customer, purchase order"
          value={filter('q')}
          onChange={(event) => set('q', event.currentTarget.value)}
          w={260}
        />
        <Select
          aria-label="Channel"
          placeholder="All channels"
          data={['SHOPIFY', 'SQUARE', 'EDI', 'MANUAL'].map((value) => ({ value, label: words(value) }))}
          value={filter('channel') || null}
          onChange={(value) => set('channel', value)}
          clearable
          w={150}
        />
        <Select
          aria-label="Type"
          placeholder="DTC and B2B"
          data={['DTC', 'B2B']}
          value={filter('type') || null}
          onChange={(value) => set('type', value)}
          clearable
          w={140}
        />
        <Select
          aria-label="Needs a look"
          placeholder="All orders"
          data={[
            { value: 'at-risk', label: 'At risk or missed' },
            { value: 'held', label: 'Held' },
            { value: 'backordered', label: 'Backordered' },
          ]}
          value={filter('look') || null}
          onChange={(value) => set('look', value)}
          clearable
          w={170}
        />
      </Group>
      <Loaded query={board}>
        {({ columns }) => (
          <section className="board" aria-label="Orders by state">
            {columns.map((column) => (
              <Column key={column.state} {...column} orders={column.orders.filter(shows)} />
            ))}
          </section>
        )}
      </Loaded>
    </Stack>
  );
}

type BoardColumn = BoardResponse['columns'][number];

function Column({ state, count: all, orders }: BoardColumn) {
  const scrolls = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: orders.length,
    getScrollElement: () => scrolls.current,
    estimateSize: () => 104,
    overscan: 6,
  });
  const [currency = 'USD'] = orders.map((order) => order.currency);
  const inCurrency = orders.filter((order) => order.currency === currency).map((order) => order.total);
  return (
    <section className="column" aria-label={words(state)}>
      <Text fw={600} size="sm" component="h2" m={0}>
        {words(state)} ({count(all)})
      </Text>
      <Text size="xs" c="dimmed" mb="xs">
        {orders.length === 0
          ? 'nothing shown'
          : `${count(orders.length)} shown · ${money(sumOf(inCurrency), currency)}`}
      </Text>
      <div ref={scrolls} className="cards" tabIndex={-1}>
        {orders.length === 0 && <Nothing>No orders</Nothing>}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((row) => (
            <div
              key={orders[row.index]?.orderId}
              ref={rows.measureElement}
              data-index={row.index}
              style={{ position: 'absolute', insetInline: 0, transform: `translateY(${row.start}px)` }}
            >
              <Card order={orders[row.index] as OrderSummary} />
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

function Card({ order }: { readonly order: OrderSummary }) {
  const { orderId, channel, orderType, total, currency, customer, deliveryWindow } = order;
  const left = deliveryWindow === undefined ? null : daysUntil(deliveryWindow.end);
  return (
    <Link className="card" href={`/orders/${orderId}`}>
      <Text fw={600} size="sm">
        {orderId}
      </Text>
      <Text size="sm">
        {channel === 'MANUAL' ? orderType : words(channel)}
        {channel !== 'MANUAL' && orderType === 'B2B' ? ' · B2B' : ''} · {money(total, currency)}
      </Text>
      {orderType === 'B2B' && (
        <Text size="xs" c="dimmed">
          {customer.name}
          {left !== null && ` · window ${left < 0 ? `ended ${-left} days ago` : `ends in ${left} days`}`}
        </Text>
      )}
      <Badges order={order} />
    </Link>
  );
}

/** Finds one order by any number that someone may have of it, and goes there. */
function Search() {
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const search = async () => {
    const wanted = text.trim();
    if (wanted === '') return;
    setSaid('looking …');
    const found = await find(wanted).catch((error: Error) => error);
    if (found instanceof Error) setSaid(found.message);
    else if (found === null) setSaid('no order has this number');
    else go(`/orders/${found}`);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void search();
      }}
    >
      <Group gap="xs">
        <TextInput
          aria-label="Find an order"
          placeholder="Order, PO or channel number"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setSaid('');
          }}
        />
        <Button type="submit" variant="default">
          Find
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {said}
        </Text>
      </Group>
    </form>
  );
}

async function find(number: string): Promise<string | null> {
  const encoded = encodeURIComponent(number);
  const lists = await Promise.all(
    ['purchaseOrderNumber', 'externalId'].map((name) =>
      api<Page<OrderSummary>>(`/v1/orders?${name}=${encoded}`),
    ),
  );
  const [first] = lists.flatMap(({ items }) => items);
  if (first !== undefined) return first.orderId;
  return api<{ orderId: string }>(`/v1/orders/${encoded}`).then(
    ({ orderId }) => orderId,
    () => null,
  );
}
