import {
  Badge,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderResponse, AllocationPanel as Panel } from '../../../contract/responses.ts';
import { isTaken } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { count, day } from '../format.ts';
import { useAct } from './act.tsx';
import { Loaded, Nothing } from './states.tsx';

/** What the order holds of each lot, and what that leaves of it; lots can be pinned and swapped. */
export function AllocationPanel({ order, path }: { readonly order: OrderResponse; readonly path: string }) {
  const panel = useQuery({
    queryKey: ['allocation', path],
    queryFn: () => api<Panel>(`${path}/allocation`),
    refetchInterval: 3_000,
  });
  return (
    <Loaded query={panel}>
      {({ items }) => (
        <Stack>
          {items.length === 0 && <Nothing>Nothing is reserved for this order.</Nothing>}
          {items.map((item) => (
            <Paper key={`${item.lineNumber} ${item.lotNumber}`} withBorder p="sm">
              <SimpleGrid cols={3}>
                {(
                  [
                    ['Available before', item.availableBefore],
                    ['Reserved for order', item.reserved],
                    ['Available after', item.availableAfter],
                  ] as const
                ).map(([name, units]) => (
                  <div key={name}>
                    <Text size="xs" c="dimmed">
                      {name}
                    </Text>
                    <Text size="xl" fw={700}>
                      {count(units)}
                    </Text>
                  </div>
                ))}
              </SimpleGrid>
              <Group gap="xs" mt="xs">
                <Text size="sm">
                  Line {item.lineNumber} · {item.sku} · Lot {item.lotNumber} · {count(item.reserved)} units
                  {item.expiryDate && ` · expires ${day(item.expiryDate)}`}
                </Text>
                {item.pinned && <Badge variant="light">Pinned</Badge>}
              </Group>
              <Text size="sm" c="dimmed">
                {item.reason}
              </Text>
            </Paper>
          ))}
          {isTaken(order.state, 'AllocateOrder') && <Pin order={order} path={path} panel={items} />}
        </Stack>
      )}
    </Loaded>
  );
}

function Pin({
  order,
  path,
  panel,
}: {
  readonly order: OrderResponse;
  readonly path: string;
  readonly panel: Panel['items'];
}) {
  const [line, setLine] = useState<string | null>(String(order.lines[0]?.lineNumber ?? ''));
  const [lotNumber, setLotNumber] = useState('');
  const [quantity, setQuantity] = useState<number | string>('');
  const act = useAct();
  const held = panel.filter((item) => String(item.lineNumber) === line);
  const before = held.map((item) => `${item.reserved} of ${item.lotNumber}`).join(', ') || 'nothing';
  const after =
    lotNumber === '' ? before : `${quantity === '' ? 'as much as the line needs' : quantity} of ${lotNumber}`;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Pin a lot">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const pin = {
            lineNumber: Number(line),
            lotNumber: lotNumber.trim(),
            ...(quantity !== '' && { quantity }),
          };
          act.mutate({
            done: `Line ${line} is pinned to ${lotNumber}.`,
            act: () => api(`${path}/allocation`, { method: 'POST', body: { pins: [pin] } }),
          });
        }}
      >
        <Group align="flex-end">
          <Select
            label="Line"
            data={order.lines.map(({ lineNumber }) => String(lineNumber))}
            value={line}
            onChange={setLine}
            w={90}
          />
          <TextInput
            label="Lot"
            value={lotNumber}
            onChange={(event) => setLotNumber(event.currentTarget.value)}
            required
          />
          <NumberInput
            label="Units (all when empty)"
            min={1}
            value={quantity}
            onChange={setQuantity}
            w={170}
          />
          <Button type="submit" loading={act.isPending}>
            Pin
          </Button>
        </Group>
        <Text size="sm" c="dimmed" mt="xs">
          Held now: {before}. After: {after}. The swap is one step: the order is never without its
          reservation.
        </Text>
      </form>
    </Paper>
  );
}
