import { Table, Text } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import { count } from '../format.ts';

/** The reservations that a cancellation or release gives back to stock, by lot. */
export function ReleasedLots({ order }: { readonly order: OrderResponse }) {
  const held = order.lines.flatMap(({ lineNumber, sku, allocations }) =>
    allocations.map((allocation) => ({ lineNumber, sku, ...allocation })),
  );
  if (held.length === 0) return <Text size="sm">Nothing is reserved for this order.</Text>;
  return (
    <Table aria-label="Released to stock" verticalSpacing={4} captionSide="top">
      <Table.Caption>Released to stock</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Line</Table.Th>
          <Table.Th>SKU</Table.Th>
          <Table.Th>Lot</Table.Th>
          <Table.Th ta="right">Units</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {held.map(({ lineNumber, sku, lotNumber, quantity }) => (
          <Table.Tr key={`${lineNumber} ${lotNumber}`}>
            <Table.Td>{lineNumber}</Table.Td>
            <Table.Td>{sku}</Table.Td>
            <Table.Td>{lotNumber}</Table.Td>
            <Table.Td ta="right">{count(quantity)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
