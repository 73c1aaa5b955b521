import { Anchor, Badge, Button, Group, Table, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { UnacknowledgedDocument } from '../../../contract/unacknowledged-documents.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
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
                <Table.Th>
                  <span className="screen-reader-only">Action</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((document) => (
                <Row
                  key={`${document.orderId ?? document.connectionId} ${document.documentId}`}
                  {...document}
                />
              ))}
            </Table.Tbody>
          </WideTable>
        )
      }
    </Loaded>
  );
}

function Row({ orderId, connectionId, documentId, sentAt, acknowledgeBy }: UnacknowledgedDocument) {
  const act = useAct();
  const [reason, setReason] = useState<string | null>(null);
  const dismiss = () =>
    api('/v1/operations/unacknowledged-documents/dismissal', {
      method: 'POST',
      body: { orderId, connectionId, documentId, reason: reason?.trim() },
    });
  return (
    <Table.Tr>
      <Table.Td>{documentId}</Table.Td>
      <Table.Td>
        {orderId === undefined ? (
          connectionId
        ) : (
          <Anchor component={Link} href={`/orders/${orderId}`}>
            {orderId}
          </Anchor>
        )}
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
      <Table.Td ta="right">
        {reason === null ? (
          <Button size="compact-xs" variant="default" onClick={() => setReason('')}>
            Dismiss
          </Button>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              act.mutate({ done: `No acknowledgment of ${documentId} is awaited.`, act: dismiss });
            }}
          >
            <Group align="flex-end" justify="flex-end" gap={6}>
              <TextInput
                label="Reason"
                required
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                miw={200}
              />
              <Button type="submit" loading={act.isPending}>
                Dismiss document
              </Button>
            </Group>
          </form>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
