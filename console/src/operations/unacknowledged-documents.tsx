import { Anchor, Badge, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { UnacknowledgedDocument } from '../../../contract/unacknowledged-documents.ts';
import { api, type Page } from '../api.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';

/** Documents that trading partners were sent and have not acknowledged, longest overdue first. */
export function UnacknowledgedDocuments() {
  const documents = useQuery({
    queryKey: ['unacknowledged-documents'],
    queryFn: () => api<Page<UnacknowledgedDocument>>('/v1/operations/unacknowledged-documents?limit=100'),
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={documents}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>Partners have acknowledged every document.</Nothing>
        ) : (
          <WideTable label="Unacknowledged documents" minWidth={640}>
            <Table.Thead>
              <Table.Tr>
                {['Document', 'Order', 'Sent', 'Acknowledgment due'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ orderId, documentId, sentAt, acknowledgeBy }) => (
                <Table.Tr key={`${orderId} ${documentId}`}>
                  <Table.Td>{documentId}</Table.Td>
                  <Table.Td>
                    <Anchor component={Link} href={`/orders/${orderId}`}>
                      {orderId}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{sentAt && moment(sentAt)}</Table.Td>
                  <Table.Td>
                    {moment(acknowledgeBy)}{' '}
                    {Date.parse(acknowledgeBy) <= Date.now() && (
                      <Badge variant="light" color="red">
                        Overdue
                      </Badge>
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
