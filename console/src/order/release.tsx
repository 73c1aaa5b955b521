import { Button, Stack, Text } from '@mantine/core';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';
import { GivenBack } from './given-back.tsx';

/** Gives the whole reservation back. */
export function Release({ order, path }: ActionProps) {
  const act = useAct();
  return (
    <ActionDialog
      name="release"
      label="Release"
      title={`Release the reservation of ${order.orderId}`}
      command="ReleaseAllocation"
      order={order}
    >
      {(close) => (
        <Stack>
          <GivenBack order={order} />
          <Text size="sm">
            The order is Received again, and holds nothing until someone has it allocated. Others may take the
            stock meanwhile.
          </Text>
          <Button
            loading={act.isPending}
            onClick={() =>
              act.mutate({
                done: 'The reservation was given back.',
                act: async () => {
                  await api(`${path}/allocation`, { method: 'DELETE' });
                  close();
                },
              })
            }
          >
            Release it
          </Button>
        </Stack>
      )}
    </ActionDialog>
  );
}
