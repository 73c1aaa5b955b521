import { Button, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { HOLD_REASONS } from '../../../domain/order/hold-reasons.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { words } from '../format.ts';
import { ActionDialog, type ActionProps } from './dialog.tsx';

const REASONS = HOLD_REASONS.map((value) => ({ value, label: words(value) }));

/** Puts the order on hold. */
export function Hold({ order, path }: ActionProps) {
  const act = useAct();
  const [reason, setReason] = useState('OTHER');
  const [note, setNote] = useState('');
  return (
    <ActionDialog
      name="hold"
      label="Hold"
      title={`Put ${order.orderId} on hold`}
      command="PlaceHold"
      order={order}
    >
      {(close) => (
        <Stack>
          <Select
            label="Reason"
            data={REASONS}
            value={reason}
            onChange={(value) => setReason(value ?? 'OTHER')}
            allowDeselect={false}
          />
          <Textarea label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Text size="sm" c="dimmed">
            Queueing and shipping stop until the hold is released. Reservations stay.
          </Text>
          <Button
            loading={act.isPending}
            onClick={() =>
              act.mutate({
                done: 'The order is on hold.',
                act: async () => {
                  await api(`${path}/holds`, {
                    method: 'POST',
                    body: { reason, ...(note.trim() !== '' && { note: note.trim() }) },
                  });
                  setNote('');
                  close();
                },
              })
            }
          >
            Hold
          </Button>
        </Stack>
      )}
    </ActionDialog>
  );
}
