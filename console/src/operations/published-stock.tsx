import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Connection } from '../../../contract/connections.ts';
import type { PublishedStockResponse } from '../../../contract/published-stock.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';
import { useMay } from '../session.ts';

/** What each shop may sell of our SKUs, what it shows, and numbers that somebody typed there. */
export function PublishedStock() {
  const connections = useQuery({
    queryKey: ['connections', 'published-stock'],
    queryFn: async () => {
      const { items } = await api<Page<Connection>>('/v1/connections');
      return items.filter(({ settings }) => 'stock' in settings && settings.stock !== undefined);
    },
  });
  return (
    <Loaded query={connections}>
      {(selling) =>
        selling.length === 0 ? (
          <Nothing>No connection publishes stock.</Nothing>
        ) : (
          <Stack>
            {selling.map((connection) => (
              <OfConnection key={connection.connectionId} connection={connection} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function OfConnection({ connection: { connectionId, name } }: { readonly connection: Connection }) {
  const path = `/v1/connections/${encodeURIComponent(connectionId)}/stock`;
  const pages = useInfiniteQuery({
    queryKey: ['published-stock', connectionId],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      return api<Page<PublishedStockResponse>>(`${path}?limit=50${cursor}`);
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 30_000,
  });
  return (
    <Stack gap="xs" component="section" aria-label={name}>
      <Title order={2} size="h5">
        {name}
      </Title>
      <Loaded query={pages}>
        {({ pages: loaded }) => {
          const items = loaded.flatMap((page) => page.items);
          if (items.length === 0) return <Nothing>Nothing is published yet.</Nothing>;
          return (
            <WideTable label={`Published stock of ${name}`} minWidth={640}>
              <Table.Thead>
                <Table.Tr>
                  {['SKU', 'Leased', 'Published', 'As of', 'Difference', 'Note'].map((column) => (
                    <Table.Th key={column}>{column}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((item) => (
                  <Table.Tr key={item.sku}>
                    <Table.Td>{item.sku}</Table.Td>
                    <Table.Td>{item.leased}</Table.Td>
                    <Table.Td>{item.published ?? '–'}</Table.Td>
                    <Table.Td>{item.publishedAt !== null && moment(item.publishedAt)}</Table.Td>
                    <Table.Td>{item.difference === 0 ? '' : item.difference}</Table.Td>
                    <Table.Td>
                      {item.reason}
                      <Correction item={item} path={path} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          );
        }}
      </Loaded>
      {pages.hasNextPage && (
        <Group>
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            More
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** A number that somebody typed in the shop, and the decision on it. */
function Correction({ item, path }: { readonly item: PublishedStockResponse; readonly path: string }) {
  const act = useAct();
  const may = useMay();
  const { sku, correction } = item;
  if (correction === undefined) return null;
  const decide = (decision: 'ACCEPT' | 'OVERWRITE', done: string) =>
    act.mutate({
      done: `${sku}: ${done}`,
      act: () => api(`${path}/${encodeURIComponent(sku)}/correction`, { method: 'POST', body: { decision } }),
    });
  return (
    <>
      <Text size="sm">
        The shop shows {correction.shown} instead of {correction.expected}, noticed{' '}
        {moment(correction.noticedAt)}.
      </Text>
      {may('inventory/write') && (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            loading={act.isPending}
            aria-label={`Accept the number of ${sku}`}
            onClick={() => decide('ACCEPT', 'the number is accepted.')}
          >
            Accept
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={act.isPending}
            aria-label={`Overwrite the number of ${sku}`}
            onClick={() => decide('OVERWRITE', 'the shop is shown its lease again.')}
          >
            Overwrite
          </Button>
        </Group>
      )}
    </>
  );
}
