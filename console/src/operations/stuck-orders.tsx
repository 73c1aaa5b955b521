import { Anchor, Button, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { StuckOrder } from '../../../contract/stuck-orders.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment, words } from '../format.ts';

/** Results of a restart, for people. */
const OUTCOMES: Readonly<Record<string, string>> = {
  restarted: 'the workflow was restarted.',
  running: 'the workflow is running.',
  answered: 'the workflow was waiting for something that has happened, and continues.',
  settled: 'the order needs no workflow any more.',
};

/** Orders whose workflow failed for good, with restart. */
export function StuckOrders() {
  const act = useAct();
  const stuck = useQuery({
    queryKey: ['stuck-orders'],
    queryFn: () => api<Page<StuckOrder>>('/v1/operations/stuck-orders?limit=100'),
    refetchInterval: 10_000,
  });
  const restart = async (orderId: string) => {
    const { outcome } = await api<{ outcome: string }>(
      `/v1/operations/stuck-orders/${encodeURIComponent(orderId)}/restart`,
      { method: 'POST', body: {} },
    );
    notifications.show({ message: `${orderId}: ${OUTCOMES[outcome] ?? outcome}`, color: 'teal' });
  };
  return (
    <Loaded query={stuck}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No workflow is stuck.</Nothing>
        ) : (
          <WideTable label="Stuck orders" minWidth={640}>
            <Table.Thead>
              <Table.Tr>
                {['Order', 'State', 'Since', 'Error'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
                <Table.Th>
                  <span className="screen-reader-only">Action</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ orderId, state, reportedAt, failure, restarts, restartedAt }) => (
                <Table.Tr key={orderId}>
                  <Table.Td>
                    <Anchor component={Link} href={`/orders/${orderId}`}>
                      {orderId}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{words(state)}</Table.Td>
                  <Table.Td>{moment(reportedAt)}</Table.Td>
                  <Table.Td>
                    {failure}
                    {restartedAt && (
                      <Text size="xs" c="dimmed">
                        restarted {restarts === 1 ? 'once' : `${restarts} times`}, last {moment(restartedAt)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button
                      size="compact-xs"
                      loading={act.isPending}
                      onClick={() => act.mutate({ done: null, act: () => restart(orderId) })}
                    >
                      Restart
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )
      }
    </Loaded>
  );
}
