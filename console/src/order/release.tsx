import { Button, Stack, Text } from '@mantine/core';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';
import { ReleasedLots } from './released-lots.tsx';

/** Releases all reservations of the order. */
export function Release({ order, path }: ActionProps) {
  const act = useAct();
  return (
    <ActionDialog
      name="release"
      label="Release"
      title={`Release the reservations of ${order.orderId}`}
      command="ReleaseAllocation"
      order={order}
    >
      {(close) => (
        <Stack>
          <ReleasedLots order={order} />
          <Text size="sm">
            The order returns to Received and has no reservations until it is allocated again. Other orders
            can reserve the stock meanwhile.
          </Text>
          <Button
            loading={act.isPending}
            onClick={() =>
              act.mutate({
                done: 'The reservations are released.',
                act: async () => {
                  await api(`${path}/allocation`, { method: 'DELETE' });
                  close();
                },
              })
            }
          >
            Release reservations
          </Button>
        </Stack>
      )}
    </ActionDialog>
  );
}
