import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import { Nothing } from '../components/states.tsx';
import { count, moment, words } from '../format.ts';
import { PackingSlip } from './packing-slip.tsx';

/** The shipments with carrier, lots and delivery. */
export function Shipments({ order, path }: { readonly order: OrderResponse; readonly path: string }) {
  if (order.shipments.length === 0) return <Nothing>Nothing has been shipped yet.</Nothing>;
  return (
    <Stack gap="xs">
      {order.shipments.map((shipment) => (
        <Paper
          key={shipment.shipmentId}
          withBorder
          p="sm"
          component="article"
          aria-label={shipment.shipmentId}
        >
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={600}>
              {shipment.shipmentId} · {shipment.carrier} {shipment.trackingNumber}
            </Text>
            <Group gap="xs">
              <PackingSlip path={path} shipmentId={shipment.shipmentId} />
              <Badge variant="light">{shipment.deliveredAt === undefined ? 'In transit' : 'Delivered'}</Badge>
            </Group>
          </Group>
          <Text size="sm" c="dimmed">
            shipped {moment(shipment.shippedAt)}
            {shipment.deliveredAt && `, delivered ${moment(shipment.deliveredAt)}`}
            {shipment.signedBy && `, signed by ${shipment.signedBy}`}
          </Text>
          {shipment.trouble && (
            <Text size="sm" c="red">
              {words(shipment.trouble.news)} on {moment(shipment.trouble.occurredAt)}
            </Text>
          )}
          <Text size="sm">
            {shipment.lines
              .map(
                (line) =>
                  `${count(line.quantity)} × ${line.sku} (${line.lots.map((lot) => lot.lotNumber).join(', ')})`,
              )
              .join('; ')}
          </Text>
        </Paper>
      ))}
    </Stack>
  );
}
