import { Badge, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { OrderResponse, AllocationPanel as Panel } from '../../../contract/responses.ts';
import { isTaken } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { count, day } from '../format.ts';
import { useMay } from '../session.ts';
import { Pin } from './pin.tsx';

/** The reservations of the order by lot, with what is left of each lot; lots can be pinned. */
export function AllocationPanel({ order, path }: { readonly order: OrderResponse; readonly path: string }) {
  const may = useMay();
  const mayPin = may('orders/write') && may('inventory/read') && isTaken(order.state, 'AllocateOrder');
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
            <Paper key={`${item.lineNumber} ${item.locationId} ${item.lotNumber}`} withBorder p="sm">
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
                  Line {item.lineNumber} · {item.sku} · Lot {item.lotNumber}
                  {item.locationId === 'MAIN' ? '' : ` at ${item.locationId}`} · {count(item.reserved)} units
                  {item.expiryDate && ` · expires ${day(item.expiryDate)}`}
                </Text>
                {item.pinned && <Badge variant="light">Pinned</Badge>}
              </Group>
              <Text size="sm" c="dimmed">
                {item.reason}
              </Text>
            </Paper>
          ))}
          {mayPin && <Pin order={order} path={path} panel={items} />}
        </Stack>
      )}
    </Loaded>
  );
}
