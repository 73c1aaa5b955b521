import { Table, Text } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import { WideTable } from '../components/wide-table.tsx';
import { count, shortMoney, words } from '../format.ts';
import { Details } from './channel-details.tsx';

const UNITS = [
  'ordered',
  'allocated',
  'backordered',
  'shipped',
  'delivered',
  'cancelled',
  'returned',
] as const;

/** The lines with their quantities; the returned column only where there are returns. */
export function Lines({ order }: { readonly order: OrderResponse }) {
  const shown = UNITS.filter((name) => name !== 'returned' || order.lines.some((line) => line.returned > 0));
  return (
    <WideTable label="Lines" minWidth={720}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Line</Table.Th>
          <Table.Th>SKU</Table.Th>
          <Table.Th ta="right">Price</Table.Th>
          {shown.map((name) => (
            <Table.Th key={name} ta="right">
              {words(name)}
            </Table.Th>
          ))}
          <Table.Th>Status</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {order.lines.map((line) => (
          <Table.Tr key={line.lineNumber}>
            <Table.Td>{line.lineNumber}</Table.Td>
            <Table.Td>
              {line.sku ?? '—'}
              {line.description && (
                <Text size="xs" c="dimmed">
                  {line.description}
                </Text>
              )}
              <Details details={line.channelData ?? []} />
            </Table.Td>
            <Table.Td ta="right">{shortMoney(line.unitPrice, order.currency)}</Table.Td>
            {shown.map((name) => (
              <Table.Td key={name} ta="right" {...(line[name] === 0 && { c: 'dimmed' })}>
                {count(line[name])}
                {name === 'ordered' && line.cases !== undefined && (
                  <Text size="xs" c="dimmed">
                    {count(line.cases)} {line.cases === 1 ? 'case' : 'cases'}
                  </Text>
                )}
              </Table.Td>
            ))}
            <Table.Td>{words(line.status)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
