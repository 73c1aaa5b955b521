import { Autocomplete, Button, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { OrderResponse } from '../../../contract/responses.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

/** Records a shipment of all or some reserved units. */
export function Ship({ order, path }: ActionProps) {
  const act = useAct();
  const [carrier, setCarrier] = useState('UPS');
  const [trackingNumber, setTrackingNumber] = useState('');
  const [units, setUnits] = useState<Readonly<Record<number, number>>>({});
  const ready = order.lines.filter(({ allocated }) => allocated > 0);
  const quantityOf = (line: OrderResponse['lines'][number]) => units[line.lineNumber] ?? line.allocated;
  const left = ready.reduce((total, line) => total + line.allocated - quantityOf(line), 0);
  const blocker =
    order.holds.length > 0
      ? 'The order is on hold: release the hold first.'
      : ready.length === 0
        ? 'Nothing is reserved.'
        : undefined;
  return (
    <ActionDialog
      name="ship"
      label="Ship"
      title={`Ship from ${order.orderId}`}
      command="RecordShipment"
      order={order}
      blocker={blocker}
    >
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const lines = ready
              .map((line) => ({ lineNumber: line.lineNumber, quantity: quantityOf(line) }))
              .filter(({ quantity }) => quantity > 0);
            act.mutate({
              done: 'The shipment is recorded.',
              act: async () => {
                await api(`${path}/shipments`, { method: 'POST', body: { lines, carrier, trackingNumber } });
                // The next shipment has another tracking number and starts with all that is left.
                setUnits({});
                setTrackingNumber('');
                close();
              },
            });
          }}
        >
          <Stack>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Autocomplete
                label="Carrier"
                required
                data={['UPS', 'FedEx', 'USPS', 'DHL']}
                value={carrier}
                onChange={setCarrier}
              />
              <TextInput
                label="Tracking number"
                required
                data-autofocus
                value={trackingNumber}
                onChange={(event) => setTrackingNumber(event.currentTarget.value)}
              />
            </SimpleGrid>
            {ready.map((line) => (
              <NumberInput
                key={line.lineNumber}
                label={`Line ${line.lineNumber}: ${line.sku}, ${line.allocated} ready`}
                min={0}
                max={line.allocated}
                step={line.unitsPerCase ?? 1}
                value={quantityOf(line)}
                onChange={(value) => setUnits({ ...units, [line.lineNumber]: Number(value) })}
              />
            ))}
            <Text size="sm" c="dimmed">
              {left === 0
                ? 'All reserved units ship.'
                : `${left} reserved units are left, and the order stays queued for them.`}{' '}
              A shipment cannot be undone.
            </Text>
            <Button type="submit" loading={act.isPending} disabled={ready.length === 0}>
              Record shipment
            </Button>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
