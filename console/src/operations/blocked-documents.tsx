import { Anchor, Button, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { BlockedDocument } from '../../../contract/unacknowledged-documents.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';

/** Sends the documents of an order that break no rule any more; fails where one is still blocked. */
export async function retryDocuments(orderId: string): Promise<void> {
  const path = `/v1/orders/${encodeURIComponent(orderId)}/documents/retry`;
  const { items } = await api<Page<BlockedDocument>>(path, { method: 'POST', body: {} });
  const blocked = items.find(({ status }) => status === 'BLOCKED');
  if (blocked !== undefined)
    throw new Error(`${blocked.documentId} is still blocked: ${(blocked.objections ?? []).join('; ')}`);
}

/** Documents that break the rules of their trading partner and were not sent, with retry. */
export function BlockedDocuments() {
  const act = useAct();
  const documents = useQuery({
    queryKey: ['blocked-documents'],
    queryFn: () => api<Page<BlockedDocument>>('/v1/operations/blocked-documents?limit=100'),
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={documents}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No document breaks the rules of its partner.</Nothing>
        ) : (
          <WideTable label="Blocked documents" minWidth={640}>
            <Table.Thead>
              <Table.Tr>
                {['Document', 'Order', 'Since', 'Reasons'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
                <Table.Th>
                  <span className="screen-reader-only">Action</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ orderId, connectionId, documentId, createdAt, objections = [] }) => (
                <Table.Tr key={`${orderId ?? connectionId} ${documentId}`}>
                  <Table.Td>{documentId}</Table.Td>
                  <Table.Td>
                    {orderId === undefined ? (
                      connectionId
                    ) : (
                      <Anchor component={Link} href={`/orders/${orderId}?tab=documents`}>
                        {orderId}
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td>{moment(createdAt)}</Table.Td>
                  <Table.Td>
                    {objections.map((objection) => (
                      <Text key={objection} size="sm">
                        {objection}
                      </Text>
                    ))}
                  </Table.Td>
                  <Table.Td ta="right">
                    {orderId !== undefined && (
                      <Button
                        size="compact-xs"
                        loading={act.isPending}
                        onClick={() =>
                          act.mutate({
                            done: `The documents of ${orderId} were sent.`,
                            act: () => retryDocuments(orderId),
                          })
                        }
                      >
                        Retry
                      </Button>
                    )}
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
