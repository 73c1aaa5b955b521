import { Anchor, Button, Group, Stack, Table, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { InventorySummary } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { count } from '../format.ts';
import { useMay } from '../session.ts';

interface Drift {
  readonly sku: string;
  readonly lotNumber: string;
  readonly reserved: number;
  readonly reservedByOrders: number;
}

/** Every SKU with its sums, and the drift check. */
export default function InventoryPage() {
  const [, go] = useLocation();
  const [sku, setSku] = useState('');
  const may = useMay();
  const stock = useInfiniteQuery({
    queryKey: ['inventory'],
    queryFn: ({ pageParam }) => api<Page<InventorySummary>>(`/v1/inventory?limit=100${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === undefined ? null : `&cursor=${encodeURIComponent(nextCursor)}`,
    refetchInterval: 10_000,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">
          Inventory
        </Title>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (sku.trim() !== '') go(`/inventory/${encodeURIComponent(sku.trim())}`);
          }}
        >
          <Group gap="xs">
            <TextInput
              aria-label="SKU"
              placeholder="SKU"
              value={sku}
              onChange={(event) => setSku(event.currentTarget.value)}
            />
            <Button type="submit" variant="default">
              Open
            </Button>
          </Group>
        </form>
      </Group>
      <Loaded query={stock}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Nothing>
                No SKU has had stock yet.{may('inventory/write') && ' Open one to receive its first lot.'}
              </Nothing>
            );
          return (
            <WideTable label="SKUs" minWidth={560} striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>SKU</Table.Th>
                  {['On hand', 'Reserved', 'Available', 'Unavailable', 'Lots'].map((name) => (
                    <Table.Th key={name} ta="right">
                      {name}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((item) => (
                  <Table.Tr key={item.sku}>
                    <Table.Td>
                      <Anchor component={Link} href={`/inventory/${encodeURIComponent(item.sku)}`}>
                        {item.sku}
                      </Anchor>
                    </Table.Td>
                    {[item.onHand, item.reserved, item.available, item.unavailable, item.lotCount].map(
                      (units, column) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a row are fixed
                        <Table.Td key={column} ta="right">
                          {count(units)}
                        </Table.Td>
                      ),
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          );
        }}
      </Loaded>
      {stock.hasNextPage && (
        <Button
          variant="default"
          loading={stock.isFetchingNextPage}
          onClick={() => void stock.fetchNextPage()}
        >
          Load more
        </Button>
      )}
      {may('operations/admin') && <DriftCheck />}
    </Stack>
  );
}

/** Reads all pages of the drift check: one request checks as many lots as it has time for. */
async function wholeDrift(): Promise<readonly Drift[]> {
  const items: Drift[] = [];
  let query = '';
  do {
    const page = await api<Page<Drift>>(`/v1/inventory/drift${query}`);
    items.push(...page.items);
    query = page.nextCursor === undefined ? '' : `?cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (query !== '');
  return items;
}

function DriftCheck() {
  const drift = useQuery({
    queryKey: ['drift'],
    queryFn: wholeDrift,
    enabled: false,
  });
  return (
    <Group>
      <Button variant="default" loading={drift.isFetching} onClick={() => void drift.refetch()}>
        Check reservations against orders
      </Button>
      <span role="status">
        {drift.data &&
          (drift.data.length === 0
            ? 'Orders and lots agree.'
            : `${drift.data.length} lots disagree: ${drift.data.map((item) => `${item.sku} ${item.lotNumber} has ${item.reserved} reserved, orders hold ${item.reservedByOrders}`).join('; ')}`)}
      </span>
    </Group>
  );
}
