import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { count } from '../format.ts';
import { ActionDialog, type ActionProps } from './dialog.tsx';
import { ReleasedLots } from './released-lots.tsx';

/** Cancels what has not shipped, and shows the reservations that it releases. */
export function Cancel({ order, path }: ActionProps) {
  const act = useAct();
  const [reason, setReason] = useState('');
  const hasShipped = order.shipments.length > 0;
  const waiting = order.lines.reduce((total, { backordered, open }) => total + backordered + open, 0);
  return (
    <ActionDialog
      name="cancel"
      label="Cancel"
      title={`Cancel ${order.orderId}`}
      command="CancelOrder"
      order={order}
      danger
    >
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: 'The order is cancelled.',
              act: async () => {
                await api(`${path}/cancellation`, { method: 'POST', body: { reason } });
                close();
              },
            });
          }}
        >
          <Stack>
            <Text size="sm">
              {hasShipped
                ? 'Everything that has not shipped is cancelled; the order continues with its shipments.'
                : 'The whole order is cancelled. This cannot be undone.'}
              {waiting > 0 && ` ${count(waiting)} units no longer wait for stock.`}
            </Text>
            <ReleasedLots order={order} />
            <TextInput
              label="Reason"
              required
              maxLength={200}
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button type="submit" color="red" loading={act.isPending}>
              {hasShipped ? 'Cancel the rest' : 'Cancel the order'}
            </Button>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
