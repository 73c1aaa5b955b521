import { Alert, Button, Code, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AUDIT_ACTIONS, type AuditEntry, type AuditVerification } from '../../../contract/audit.ts';
import { api, type Page } from '../api.ts';
import { Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';

/** Who changed what that is no order, newest first, and whether the trail is as it was written. */
export function Audit() {
  const [action, setAction] = useState<string | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['audit', action],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        limit: '50',
        ...(action && { action }),
        ...(pageParam && { cursor: pageParam }),
      });
      return api<Page<AuditEntry>>(`/v1/audit?${query}`);
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm">
      <Group align="flex-end" justify="space-between">
        <Select
          label="Action"
          size="xs"
          clearable
          placeholder="All"
          data={[...AUDIT_ACTIONS]}
          value={action}
          onChange={setAction}
        />
        <Verification />
      </Group>
      {pages.isError && (
        <Alert color="red" title="Cannot load the audit trail">
          {pages.error.message}
        </Alert>
      )}
      {pages.isSuccess && items.length === 0 && <Nothing>Nothing was changed.</Nothing>}
      {items.length > 0 && (
        <WideTable label="Audit trail" minWidth={720}>
          <Table.Thead>
            <Table.Tr>
              {['When', 'Who', 'Action', 'Subject', 'Before', 'After'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((entry) => (
              <Table.Tr key={entry.sequence}>
                <Table.Td>{moment(entry.at)}</Table.Td>
                <Table.Td>
                  {entry.actor.id} ({entry.actor.type})
                </Table.Td>
                <Table.Td>{entry.action}</Table.Td>
                <Table.Td>{entry.subject}</Table.Td>
                <Table.Td>{shown(entry.before)}</Table.Td>
                <Table.Td>{shown(entry.after)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      {pages.hasNextPage && (
        <Button
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Stack>
  );
}

/** What was or is, folded, so that many entries fit on a page. */
function shown(value: unknown) {
  if (value === undefined) return '—';
  return (
    <details>
      <summary>Show</summary>
      <Code block fz="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {JSON.stringify(value, null, 1)}
      </Code>
    </details>
  );
}

/** Requests that one verification makes at most. */
const MAX_PAGES = 1000;

/** Verifies the whole trail, request by request. */
function Verification() {
  const verified = useQuery({
    queryKey: ['audit-verification'],
    queryFn: async () => {
      let cursor = '';
      let entries = 0;
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
        const page = await api<AuditVerification>(`/v1/audit/verification${query}`);
        entries += page.entries;
        if (page.nextCursor === undefined) return { ...page, entries };
        cursor = page.nextCursor;
      }
      throw new Error(`The trail has more than ${entries} entries: verify it over the API, page by page.`);
    },
    enabled: false,
  });
  const { data } = verified;
  return (
    <Group gap="sm">
      {verified.isError && <Text size="sm">{verified.error.message}</Text>}
      {data !== undefined && (
        <Text size="sm" c={data.intact ? undefined : 'red'}>
          {data.intact
            ? `All ${data.entries} entries are as they were written.`
            : `Entry ${data.firstBroken} is missing or was altered.`}
        </Text>
      )}
      <Button
        size="xs"
        variant="default"
        loading={verified.isFetching}
        onClick={() => void verified.refetch()}
      >
        Verify
      </Button>
    </Group>
  );
}
