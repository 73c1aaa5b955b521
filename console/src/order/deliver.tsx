import { Button, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

/** Notes by hand that a shipment has arrived, where no carrier tells. */
export function Deliver({ order, path }: ActionProps) {
  const act = useAct();
  const onTheirWay = order.shipments.filter(({ deliveredAt }) => deliveredAt === undefined);
  const [chosen, setChosen] = useState<string | null>(null);
  const [at, setAt] = useState('');
  const [signedBy, setSignedBy] = useState('');
  const shipmentId = onTheirWay.some((each) => each.shipmentId === chosen)
    ? chosen
    : (onTheirWay[0]?.shipmentId ?? null);
  return (
    <ActionDialog
      name="deliver"
      label="Confirm delivery"
      title={`A shipment of ${order.orderId} has arrived`}
      command="ConfirmDelivery"
      order={order}
      blocker={onTheirWay.length === 0 ? 'No shipment is on its way.' : undefined}
    >
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: `${shipmentId} has arrived.`,
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
              data={onTheirWay.map((each) => ({
                value: each.shipmentId,
                label: `${each.shipmentId} · ${each.carrier} ${each.trackingNumber}`,
              }))}
              value={shipmentId}
              onChange={setChosen}
              allowDeselect={false}
            />
            <TextInput
              label="When"
              description="Now, when left empty."
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
              It has arrived
            </Button>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
