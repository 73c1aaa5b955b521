import { Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { InvoiceWithBalance } from '../../../contract/invoices.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { download } from '../components/download.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { csvOf, signed } from '../finance/csv.ts';
import { InvoiceDialog } from '../finance/invoice.tsx';
import { day, money, words } from '../format.ts';

function readPage(cursor: string | undefined): Promise<Page<InvoiceWithBalance>> {
  return api(`/v1/invoices?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
}

/** Invoices and credit notes. */
export default function FinancePage() {
  const act = useAct();
  const [opened, setOpened] = useState<InvoiceWithBalance | null>(null);
  const invoices = useInfiniteQuery({
    queryKey: ['invoices'],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 15_000,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">
          Finance
        </Title>
        <Button
          variant="default"
          size="xs"
          loading={act.isPending}
          onClick={() => act.mutate({ done: 'All invoices and credit notes are exported.', act: exportAll })}
        >
          Export all as CSV
        </Button>
      </Group>
      <Loaded query={invoices}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return (
              <Nothing>There are no invoices yet: each shipment of a wholesale order creates one.</Nothing>
            );
          }
          return (
            <WideTable label="Invoices and credit notes" minWidth={760} striped>
              <Table.Thead>
                <Table.Tr>
                  {['Number', 'Kind', 'Order', 'Customer', 'Date', 'Due'].map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                  <Table.Th ta="right">Total</Table.Th>
                  <Table.Th ta="right">Open</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((invoice) => (
                  <Table.Tr key={invoice.invoiceId}>
                    <Table.Td>
                      <Anchor component="button" type="button" onClick={() => setOpened(invoice)}>
                        {invoice.invoiceId}
                      </Anchor>
                    </Table.Td>
                    <Table.Td>{words(invoice.kind)}</Table.Td>
                    <Table.Td>
                      <Anchor component={Link} href={`/orders/${invoice.orderId}`}>
                        {invoice.orderId}
                      </Anchor>
                    </Table.Td>
                    <Table.Td>
                      {invoice.customer.name}
                      {invoice.purchaseOrderNumber && (
                        <Text size="xs" c="dimmed">
                          {invoice.purchaseOrderNumber}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>{day(invoice.invoiceDate)}</Table.Td>
                    <Table.Td>{invoice.dueDate ? day(invoice.dueDate) : '—'}</Table.Td>
                    <Table.Td ta="right">{money(signed(invoice), invoice.currency)}</Table.Td>
                    <Table.Td ta="right">{money(invoice.open, invoice.currency)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          );
        }}
      </Loaded>
      {invoices.hasNextPage && (
        <Button
          variant="default"
          loading={invoices.isFetchingNextPage}
          onClick={() => void invoices.fetchNextPage()}
        >
          Load more
        </Button>
      )}
      <InvoiceDialog invoice={opened} onClose={() => setOpened(null)} />
    </Stack>
  );
}

async function exportAll(): Promise<void> {
  const all: InvoiceWithBalance[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  download('invoices.csv', csvOf(all), 'text/csv');
}
