import { Alert, Anchor, Button, Group, Stack, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { OrderSummary } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { shortMoney, words } from '../format.ts';

/** Finds orders by parts of their numbers, customers, SKUs and tracking numbers. */
export function Find({ onFind }: { readonly onFind: (text: string) => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([['mod+K', () => field.current?.focus()]], []);
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onFind(text.trim());
        }}
      >
        <Group gap={6} wrap="nowrap">
          <TextInput
            ref={field}
            aria-label="Find an order"
            aria-keyshortcuts="Control+K Meta+K"
            placeholder="Number, customer, SKU or tracking"
            title="Ctrl K"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={200}
            w={{ base: '100%', sm: 300 }}
            flex={1}
          />
          <Button type="submit" variant="default">
            Find
          </Button>
        </Group>
      </form>
    </search>
  );
}

/** The orders that a search finds: opens a single match, lists the newest of several. */
export function Found({ search, onClose }: { readonly search: string; readonly onClose: () => void }) {
  const [, go] = useLocation();
  const found = useQuery({
    queryKey: ['search', search],
    queryFn: () => api<Page<OrderSummary>>(`/v1/orders?limit=10&search=${encodeURIComponent(search)}`),
  });
  const items = found.data?.items ?? [];
  const isMore = found.data?.nextCursor !== undefined;
  const only = items.length === 1 && !isMore ? items[0]?.orderId : undefined;
  useEffect(() => {
    if (only !== undefined) go(`/orders/${only}`, { replace: true });
  }, [only, go]);
  if (found.isPending || only !== undefined) return null;
  const title = found.isError
    ? found.error.message
    : items.length === 0
      ? `Nothing is found for ${search}.`
      : isMore
        ? `The newest ${items.length} orders found for ${search}. Write more of it to see fewer.`
        : `${items.length} orders found for ${search}.`;
  return (
    <Alert
      color={found.isError ? 'red' : 'gray'}
      title={title}
      role="status"
      withCloseButton
      onClose={onClose}
      closeButtonLabel="Close"
    >
      <Stack gap={4}>
        {items.map((order) => (
          <Anchor key={order.orderId} component={Link} href={`/orders/${order.orderId}`}>
            {order.orderId} · {order.customer.name} · {words(order.state)} ·{' '}
            {shortMoney(order.total, order.currency)}
          </Anchor>
        ))}
      </Stack>
    </Alert>
  );
}
