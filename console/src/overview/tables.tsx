import { Anchor, ColorSwatch, Group, Table } from '@mantine/core';
import { Link } from 'wouter';
import type { OverviewResponse } from '../../../contract/overview.ts';
import { WideTable } from '../components/wide-table.tsx';
import { count, words } from '../format.ts';
import { useMay } from '../session.ts';
import { amounts, percent } from './figures.ts';

/** Backordered units, by SKU and by the age of their orders. */
export function SkuTable({ skus }: { readonly skus: OverviewResponse['backorders']['skus'] }) {
  const ages = skus[0]?.ages ?? [];
  const may = useMay();
  return (
    <WideTable label="Backorders by SKU and age in days" minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>SKU</Table.Th>
          {ages.map(({ fromDays, toDays }) => (
            <Table.Th key={fromDays} ta="right">
              {toDays === null ? `${fromDays}+ days` : `${fromDays}–${toDays} days`}
            </Table.Th>
          ))}
          <Table.Th ta="right">Units</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {skus.map(({ sku, units, ages: own }) => (
          <Table.Tr key={sku}>
            <Table.Td>
              {may('inventory/read') ? (
                <Anchor component={Link} size="sm" href={`/inventory/${encodeURIComponent(sku)}`}>
                  {sku}
                </Anchor>
              ) : (
                sku
              )}
            </Table.Td>
            {own.map((age) => (
              <Table.Td key={age.fromDays} ta="right" {...(age.units === 0 && { c: 'dimmed' })}>
                {count(age.units)}
              </Table.Td>
            ))}
            <Table.Td ta="right" fw={600}>
              {count(units)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}

interface ChannelProps {
  readonly channels: OverviewResponse['channels'];
  readonly colors: Readonly<Record<string, string>>;
}

/** Orders, value and service levels by channel. */
export function ChannelTable({ channels, colors }: ChannelProps) {
  return (
    <WideTable label="Channels" minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Channel</Table.Th>
          {['Orders', 'Value', 'Fill rate', 'In window', 'Cancelled'].map((name) => (
            <Table.Th key={name} ta="right">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {channels.map(({ channel, orders, value, fillRate, deliveryWindows, cancelled }) => (
          <Table.Tr key={channel}>
            <Table.Td>
              <Group gap={6} wrap="nowrap">
                <ColorSwatch
                  size={10}
                  withShadow={false}
                  color={`var(--mantine-color-${colors[channel]?.replace('.', '-')})`}
                />
                {words(channel)}
              </Group>
            </Table.Td>
            <Table.Td ta="right">{count(orders)}</Table.Td>
            <Table.Td ta="right">{amounts(value)}</Table.Td>
            <Table.Td ta="right">{percent(fillRate.rate)}</Table.Td>
            <Table.Td ta="right">{percent(deliveryWindows.rate)}</Table.Td>
            <Table.Td ta="right">{count(cancelled)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
