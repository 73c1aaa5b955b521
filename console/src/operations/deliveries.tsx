import { Anchor, Button, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Delivery } from '../../../contract/subscriptions.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { eventWords, moment, words } from '../format.ts';

/** The deliveries to one subscriber, with their attempts and redelivery. */
export function Deliveries({ path, isActive }: { readonly path: string; readonly isActive: boolean }) {
  const act = useAct();
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', path],
    queryFn: ({ pageParam }) => api<Page<Delivery>>(`${path}/deliveries?limit=50${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === undefined ? null : `&cursor=${encodeURIComponent(nextCursor)}`,
    refetchInterval: 5_000,
  });
  const again = ({ deliveryId }: Delivery) =>
    act.mutate({
      done: 'The delivery was queued again.',
      act: () =>
        api(`${path}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`, { method: 'POST', body: {} }),
    });
  return (
    <Loaded query={deliveries}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <Nothing>There are no deliveries yet.</Nothing>;
        return (
          <>
            <WideTable label="Deliveries" minWidth={640} mt="xs">
              <Table.Thead>
                <Table.Tr>
                  {['Event', 'Order', 'When', 'Status', 'Last response'].map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                  <Table.Th>
                    <span className="screen-reader-only">Action</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((delivery) => (
                  <Table.Tr key={delivery.deliveryId}>
                    <Table.Td>{eventWords(delivery.eventType)}</Table.Td>
                    <Table.Td>
                      {delivery.orderId ? (
                        <Anchor component={Link} href={`/orders/${delivery.orderId}`}>
                          {delivery.orderId}
                        </Anchor>
                      ) : (
                        '—'
                      )}
                    </Table.Td>
                    <Table.Td>{moment(delivery.createdAt)}</Table.Td>
                    <Table.Td>
                      {words(delivery.status)}
                      {delivery.nextAttemptAt && (
                        <Text size="xs" c="dimmed">
                          next attempt {moment(delivery.nextAttemptAt)}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>{responseWords(delivery)}</Table.Td>
                    <Table.Td ta="right">
                      <Button
                        size="compact-xs"
                        variant="default"
                        disabled={!isActive || delivery.status === 'PENDING'}
                        onClick={() => again(delivery)}
                      >
                        Redeliver
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
            {deliveries.hasNextPage && (
              <Button size="xs" variant="default" mt="xs" onClick={() => void deliveries.fetchNextPage()}>
                Older deliveries
              </Button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function responseWords({ attempts }: Delivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return 'no attempt yet';
  const count = attempts.length > 1 ? `, ${attempts.length} attempts` : '';
  return `${last.httpStatus ?? last.error ?? 'no response'} in ${last.milliseconds} ms${count}`;
}
