import { Modal, Stack, Table, Text } from '@mantine/core';
import type { InvoiceWithBalance } from '../../../contract/invoices.ts';
import { WideTable } from '../components/wide-table.tsx';
import { count, day, moment, money, words } from '../format.ts';

/** One invoice or credit note, line by line. */
export function InvoiceDialog({
  invoice,
  onClose,
}: {
  readonly invoice: InvoiceWithBalance | null;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={invoice !== null}
      onClose={onClose}
      title={invoice === null ? '' : `${words(invoice.kind)} ${invoice.invoiceId}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="xl"
    >
      {invoice !== null && <Booked invoice={invoice} />}
    </Modal>
  );
}

function Booked({ invoice }: { readonly invoice: InvoiceWithBalance }) {
  const amount = (value: string) => money(value, invoice.currency);
  const sums: readonly (readonly [string, string])[] = [
    ['Order discount', invoice.discount],
    ['Shipping', invoice.shipping],
    ...(invoice.allowance === undefined ? [] : [['Given back', invoice.allowance] as const]),
    ['Order tax', invoice.tax],
  ];
  return (
    <Stack gap="xs">
      <Text size="sm">
        {invoice.customer.name}
        {invoice.purchaseOrderNumber && ` · ${invoice.purchaseOrderNumber}`} · {day(invoice.invoiceDate)}
        {invoice.dueDate && ` · due ${day(invoice.dueDate)}`}
        {invoice.cashDiscount &&
          ` · ${amount(invoice.cashDiscount.amount)} less until ${day(invoice.cashDiscount.until)}`}
      </Text>
      <WideTable label="Lines of the invoice" minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Line</Table.Th>
            <Table.Th>SKU</Table.Th>
            {['Units', 'Price', 'Discount', 'Tax', 'Amount'].map((name) => (
              <Table.Th key={name} ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {invoice.lines.map((line) => (
            <Table.Tr key={line.lineNumber}>
              <Table.Td>{line.lineNumber}</Table.Td>
              <Table.Td>{line.sku ?? '—'}</Table.Td>
              <Table.Td ta="right">{count(line.quantity)}</Table.Td>
              <Table.Td ta="right">{amount(line.unitPrice)}</Table.Td>
              <Table.Td ta="right">{amount(line.discount)}</Table.Td>
              <Table.Td ta="right">{amount(line.tax)}</Table.Td>
              <Table.Td ta="right">{amount(line.amount)}</Table.Td>
            </Table.Tr>
          ))}
          {sums
            .filter(([, value]) => Number(value) !== 0)
            .map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td colSpan={6}>{name}</Table.Td>
                <Table.Td ta="right">{amount(value)}</Table.Td>
              </Table.Tr>
            ))}
          <Table.Tr fw={700}>
            <Table.Td colSpan={6}>Total</Table.Td>
            <Table.Td ta="right">{amount(invoice.total)}</Table.Td>
          </Table.Tr>
          {(invoice.payments ?? []).map(({ paymentId, reference, paidOn, amount: paid, discount }) => (
            <Table.Tr key={paymentId}>
              <Table.Td colSpan={6}>
                Paid{paidOn && ` ${day(paidOn)}`}
                {reference && ` · ${reference}`}
                {discount && ` · discount of ${amount(discount)} taken`}
              </Table.Td>
              <Table.Td ta="right">{amount(paid)}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr fw={700}>
            <Table.Td colSpan={6}>Open</Table.Td>
            <Table.Td ta="right">{amount(invoice.open)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </WideTable>
      <Text size="xs" c="dimmed">
        Booked {moment(invoice.bookedAt)}
      </Text>
    </Stack>
  );
}
