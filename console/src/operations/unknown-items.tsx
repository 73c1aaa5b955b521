import { Anchor, Button, Group, NumberInput, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Connection } from '../../../contract/connections.ts';
import type { HeldOrderOutcome, UnknownItem } from '../../../contract/partner-masters.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';

interface OfPartner {
  readonly connection: Connection;
  readonly items: readonly UnknownItem[];
}

/** Product numbers of trading partners that hold their orders, since nobody has said what they stand for. */
export function UnknownItems() {
  const unknown = useQuery({
    queryKey: ['unknown-items'],
    queryFn: async (): Promise<readonly OfPartner[]> => {
      const connections = (await api<Page<Connection>>('/v1/connections')).items;
      const partners = connections.filter(({ kind }) => kind === 'EDI');
      return Promise.all(
        partners.map(async (connection) => {
          const path = `/v1/connections/${encodeURIComponent(connection.connectionId)}/unknown-items`;
          return { connection, items: (await api<Page<UnknownItem>>(path)).items };
        }),
      );
    },
    refetchInterval: 30_000,
  });
  return (
    <Loaded query={unknown}>
      {(partners) => {
        const waiting = partners.filter(({ items }) => items.length > 0);
        if (waiting.length === 0) return <Nothing>No order is held for an unknown item.</Nothing>;
        return (
          <Stack>
            {waiting.map(({ connection, items }) => (
              <Stack key={connection.connectionId} gap="xs" component="section" aria-label={connection.name}>
                <Title order={2} size="h5">
                  {connection.name}
                </Title>
                {items.map((item) => (
                  <Unknown key={item.buyerItem} item={item} connectionId={connection.connectionId} />
                ))}
              </Stack>
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** One number, and the form that says what it stands for. */
function Unknown({ item, connectionId }: { readonly item: UnknownItem; readonly connectionId: string }) {
  const act = useAct();
  const [sku, setSku] = useState('');
  const [pack, setPack] = useState<number | string>(item.unitsPerCase ?? '');
  const { buyerItem, qualifier, description, unit, orderIds } = item;
  const path = `/v1/connections/${encodeURIComponent(connectionId)}`;
  const resolve = async () => {
    const unitsPerCase = typeof pack === 'number' ? pack : undefined;
    await api(`${path}/items/${encodeURIComponent(buyerItem)}`, {
      method: 'PUT',
      body: { sku: sku.trim(), unitsPerCase, unit },
    });
    const { items } = await api<Page<HeldOrderOutcome>>(`${path}/held-orders/retry`, {
      method: 'POST',
      body: {},
    });
    const own = items.filter(({ orderId }) => orderIds.includes(orderId));
    const released = own.filter(({ isReleased }) => isReleased).length;
    notifications.show({
      message: `${buyerItem} is ${sku.trim()}. ${released} of ${own.length} orders continue.`,
      color: 'teal',
    });
    for (const { orderId, problem } of own)
      if (problem !== undefined)
        notifications.show({ message: `${orderId}: ${problem}`, color: 'orange', autoClose: 10_000 });
  };
  return (
    <Paper withBorder p="sm" component="article" aria-label={buyerItem}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Text size="sm" fw={600}>
            {buyerItem}{' '}
            <Text span size="xs" c="dimmed">
              {qualifier}
            </Text>
          </Text>
          {description !== undefined && <Text size="sm">{description}</Text>}
          <Text size="xs" c="dimmed">
            {orderIds.length === 1 ? 'holds one order:' : `holds ${orderIds.length} orders:`}{' '}
            {orderIds.slice(0, 5).map((orderId) => (
              <Anchor key={orderId} component={Link} inherit mr="xs" href={`/orders/${orderId}`}>
                {orderId}
              </Anchor>
            ))}
            {orderIds.length > 5 && '…'}
          </Text>
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({ done: null, act: resolve });
          }}
        >
          <Group align="flex-end" gap="xs">
            <TextInput
              label="SKU"
              required
              maxLength={128}
              value={sku}
              onChange={(event) => setSku(event.currentTarget.value)}
              w={180}
            />
            <NumberInput
              label={`Units in one ${unit === undefined || unit === 'EA' ? 'case' : unit}`}
              min={1}
              max={1_000_000}
              allowDecimal={false}
              value={pack}
              onChange={setPack}
              w={130}
            />
            <Button type="submit" loading={act.isPending}>
              Resolve
            </Button>
          </Group>
        </form>
      </Group>
    </Paper>
  );
}
