import { Anchor, Button, Group, Stack, Table, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Invoice } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { day, money, words } from '../format.ts';
import { Loaded, Nothing } from '../parts/states.tsx';
import { WideTable } from '../parts/wide-table.tsx';

/** Invoices and credit notes as finance booked them. */
export default function FinancePage() {
  const invoices = useInfiniteQuery({
    queryKey: ['invoices'],
    queryFn: ({ pageParam }) => api<Page<Invoice>>(`/v1/invoices?limit=100${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === undefined ? null : `&cursor=${encodeURIComponent(nextCursor)}`,
  });
  return (
    <Stack>
      <Loaded query={invoices}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              <Group justify="space-between">
                <Title order={1} size="h2">
                  Finance
                </Title>
                <Button variant="default" disabled={items.length === 0} onClick={() => save(items)}>
                  Export what is shown as CSV
                </Button>
              </Group>
              {items.length === 0 && <Nothing>Nothing has been billed yet.</Nothing>}
              {items.length > 0 && (
                <WideTable label="Invoices and credit notes" minWidth={720} striped>
                  <Table.Thead>
                    <Table.Tr>
                      {['Number', 'Kind', 'Order', 'Customer', 'Date', 'Due', 'Total'].map((name) => (
                        <Table.Th key={name}>{name}</Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((invoice) => (
                      <Table.Tr key={invoice.invoiceId}>
                        <Table.Td>{invoice.invoiceId}</Table.Td>
                        <Table.Td>{words(invoice.kind)}</Table.Td>
                        <Table.Td>
                          <Anchor component={Link} href={`/orders/${invoice.orderId}`}>
                            {invoice.orderId}
                          </Anchor>
                        </Table.Td>
                        <Table.Td>{invoice.customer.name}</Table.Td>
                        <Table.Td>{day(invoice.invoiceDate)}</Table.Td>
                        <Table.Td>{invoice.dueDate ? day(invoice.dueDate) : '—'}</Table.Td>
                        <Table.Td>{money(invoice.total, invoice.currency)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </WideTable>
              )}
            </>
          );
        }}
      </Loaded>
      {invoices.hasNextPage && (
        <Button
          variant="default"
          loading={invoices.isFetchingNextPage}
          onClick={() => void invoices.fetchNextPage()}
        >
          More
        </Button>
      )}
    </Stack>
  );
}

function save(invoices: readonly Invoice[]): void {
  const rows = invoices.map((each) => [
    each.invoiceId,
    each.kind,
    each.orderId,
    each.customer.name,
    each.invoiceDate,
    each.dueDate ?? '',
    each.currency,
    each.total,
  ]);
  const header = ['number', 'kind', 'order', 'customer', 'date', 'due', 'currency', 'total'];
  const text = [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  const url = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: 'text/csv' }));
  Object.assign(document.createElement('a'), { href: url, download: 'invoices.csv' }).click();
  URL.revokeObjectURL(url);
}

/** A cell that a spreadsheet would take for a formula is led by an apostrophe, which makes it text. */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
