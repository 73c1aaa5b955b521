import { Anchor, Badge, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../api.ts';
import { download } from '../components/download.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';

interface DocumentSummary {
  readonly documentId: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly mediaType: string;
  readonly status: 'BLOCKED' | 'WAITING' | 'SENT' | 'ACCEPTED' | 'REJECTED';
  readonly sentAt?: string;
  readonly answeredAt?: string;
  readonly objections?: readonly string[];
  readonly dismissedBy?: string;
  readonly dismissedAt?: string;
  readonly dismissalReason?: string;
}

const STATUS = {
  BLOCKED: { color: 'red', label: 'Blocked' },
  WAITING: { color: 'orange', label: 'Waiting to be sent' },
  SENT: { color: 'teal', label: 'Sent' },
  ACCEPTED: { color: 'teal', label: 'Accepted' },
  REJECTED: { color: 'red', label: 'Rejected' },
} as const;

/** The documents sent about the order, with their status. */
export function Documents({ path }: { readonly path: string }) {
  const documents = useQuery({
    queryKey: ['documents', path],
    queryFn: () => api<Page<DocumentSummary>>(`${path}/documents`),
    refetchInterval: 5_000,
  });
  const open = async ({ documentId }: DocumentSummary) => {
    const content = await api<unknown>(`${path}/documents/${encodeURIComponent(documentId)}`);
    download(`${documentId}.txt`, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
  return (
    <Loaded query={documents}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No document was sent for this order.</Nothing>
        ) : (
          <WideTable label="Documents" minWidth={520}>
            <Table.Thead>
              <Table.Tr>
                {['Kind', 'Document', 'Created', 'Status'].map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((document) => (
                <Table.Tr key={document.documentId}>
                  <Table.Td>{document.kind}</Table.Td>
                  <Table.Td>
                    <Anchor component="button" type="button" size="sm" onClick={() => void open(document)}>
                      {document.documentId}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{moment(document.createdAt)}</Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={STATUS[document.status].color}>
                      {STATUS[document.status].label}
                    </Badge>
                    {document.sentAt && (
                      <Text size="xs" c="dimmed">
                        {moment(document.answeredAt ?? document.sentAt)}
                      </Text>
                    )}
                    {document.dismissedAt && (
                      <Text size="xs" c="dimmed">
                        no acknowledgment awaited, by {document.dismissedBy} {moment(document.dismissedAt)}:{' '}
                        {document.dismissalReason}
                      </Text>
                    )}
                    {document.objections && document.objections.length > 0 && (
                      <Text size="xs">{document.objections.join('; ')}</Text>
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
