import { Button, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

/** Records a delivery that no carrier reports. */
export function Deliver({ order, path }: ActionProps) {
  const act = useAct();
  const inTransit = order.shipments.filter(({ deliveredAt }) => deliveredAt === undefined);
  const [chosen, setChosen] = useState<string | null>(null);
  const [at, setAt] = useState('');
  const [signedBy, setSignedBy] = useState('');
  const shipmentId = inTransit.some((each) => each.shipmentId === chosen)
    ? chosen
    : (inTransit[0]?.shipmentId ?? null);
  return (
    <ActionDialog
      name="deliver"
      label="Confirm delivery"
      title={`Confirm a delivery of ${order.orderId}`}
      command="ConfirmDelivery"
      order={order}
      blocker={inTransit.length === 0 ? 'No shipment is in transit.' : undefined}
    >
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: `${shipmentId} is delivered.`,
              act: async () => {
                await api(`${path}/shipments/${shipmentId}/delivery`, {
                  method: 'POST',
                  body: {
                    deliveredAt: (at === '' ? new Date() : new Date(at)).toISOString(),
                    ...(signedBy.trim() !== '' && { signedBy: signedBy.trim() }),
                  },
                });
                close();
              },
            });
          }}
        >
          <Stack>
            <Select
              label="Shipment"
              data={inTransit.map((each) => ({
                value: each.shipmentId,
                label: `${each.shipmentId} · ${each.carrier} ${each.trackingNumber}`,
              }))}
              value={shipmentId}
              onChange={setChosen}
              allowDeselect={false}
            />
            <TextInput
              label="Delivered at"
              description="Empty means now."
              type="datetime-local"
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
            />
            <TextInput
              label="Signed by"
              value={signedBy}
              onChange={(event) => setSignedBy(event.currentTarget.value)}
              maxLength={200}
            />
            <Button type="submit" loading={act.isPending}>
              Record delivery
            </Button>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
