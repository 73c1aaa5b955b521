import { Button, Group, NumberInput, Paper, Select, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  InventoryResponse,
  LotResponse,
  AllocationPanel as Panel,
} from '../../../contract/responses.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { count, day } from '../format.ts';
import type { ActionProps } from './dialog.tsx';

interface Props extends ActionProps {
  readonly panel: Panel['items'];
}

/** Pins a line to a lot, with a preview of the effect on each lot. */
export function Pin({ order, path, panel }: Props) {
  const goods = order.lines.filter(
    ({ sku, allocated, backordered, open }) => sku !== null && allocated + backordered + open > 0,
  );
  const [chosenLine, setLine] = useState<string | null>(null);
  const [lotNumber, setLot] = useState<string | null>(null);
  const [quantity, setQuantity] = useState<number | string>('');
  const act = useAct();
  const line = goods.find(({ lineNumber }) => String(lineNumber) === chosenLine) ?? goods[0];
  const sku = line?.sku ?? '';
  const stock = useQuery({
    queryKey: ['sku', sku],
    queryFn: () => api<InventoryResponse>(`/v1/inventory/${encodeURIComponent(sku)}`),
    enabled: sku !== '',
  });
  if (line === undefined) return null;
  const held = panel.filter((item) => item.lineNumber === line.lineNumber);
  const lots = byNumber((stock.data?.lots ?? []).filter(({ status }) => status === 'AVAILABLE'));
  const lot = lots.find((each) => each.lotNumber === lotNumber);
  const wanted = line.allocated + line.backordered + line.open;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Pin a lot">
      <Title order={2} size="h5" mb={6}>
        Pin a lot
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const pin = { lineNumber: line.lineNumber, lotNumber, ...(quantity !== '' && { quantity }) };
          act.mutate({
            done: `Line ${line.lineNumber} is pinned to ${lotNumber}.`,
            act: () => api(`${path}/allocation`, { method: 'POST', body: { pins: [pin] } }),
          });
        }}
      >
        <Group align="flex-end" gap="xs">
          {goods.length > 1 && (
            <Select
              label="Line"
              data={goods.map((each) => ({
                value: String(each.lineNumber),
                label: `${each.lineNumber} · ${each.sku}`,
              }))}
              value={String(line.lineNumber)}
              onChange={(value) => {
                setLine(value);
                setLot(null);
              }}
              allowDeselect={false}
              w={190}
            />
          )}
          <Select
            label="Lot"
            placeholder="Choose a lot"
            data={lots.map((each) => ({ value: each.lotNumber, label: lotWords(each) }))}
            value={lotNumber}
            onChange={setLot}
            searchable
            nothingFoundMessage="No available lot matches"
            w={330}
          />
          <NumberInput
            label="Units"
            placeholder={`all ${count(wanted)}`}
            min={1}
            max={wanted}
            value={quantity}
            onChange={setQuantity}
            w={120}
          />
          <Button type="submit" loading={act.isPending} disabled={lotNumber === null}>
            Pin
          </Button>
        </Group>
        {lot !== undefined && (
          <Preview
            held={held}
            lot={lot}
            wanted={wanted}
            asked={quantity === '' ? wanted : Number(quantity)}
          />
        )}
      </form>
    </Paper>
  );
}

/** A pin names a lot wherever it is: its units in all locations count. */
function byNumber(lots: readonly LotResponse[]): readonly LotResponse[] {
  const merged = new Map<string, LotResponse>();
  for (const lot of lots) {
    const available = (merged.get(lot.lotNumber)?.available ?? 0) + lot.available;
    merged.set(lot.lotNumber, { ...lot, available });
  }
  return [...merged.values()];
}

function lotWords({ lotNumber, available, expiryDate }: LotResponse): string {
  return `${lotNumber} · ${count(available)} available${expiryDate === null ? '' : ` · expires ${day(expiryDate)}`}`;
}

interface PreviewProps {
  readonly held: Panel['items'];
  readonly lot: LotResponse;
  readonly wanted: number;
  readonly asked: number;
}

/** Reservations of the line by lot, now and after the pin. */
function Preview({ held, lot, wanted, asked }: PreviewProps) {
  const own = held.reduce(
    (units, { lotNumber, reserved }) => units + (lotNumber === lot.lotNumber ? reserved : 0),
    0,
  );
  const got = Math.min(asked, wanted, lot.available + own);
  const others = held.filter(({ lotNumber }) => lotNumber !== lot.lotNumber);
  const rest = wanted - got;
  return (
    <Table
      aria-label="Preview of the pin"
      mt="sm"
      verticalSpacing={4}
      w="auto"
      captionSide="top"
      withTableBorder
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Lot</Table.Th>
          <Table.Th ta="right">Reserved now</Table.Th>
          <Table.Th ta="right">Reserved after</Table.Th>
          <Table.Th ta="right">Available after</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <Table.Tr>
          <Table.Td>{lot.lotNumber} (pinned)</Table.Td>
          <Table.Td ta="right">{count(own)}</Table.Td>
          <Table.Td ta="right" fw={600}>
            {count(got)}
          </Table.Td>
          <Table.Td ta="right">{count(lot.available + own - got)}</Table.Td>
        </Table.Tr>
        {others.map((item) => (
          <Table.Tr key={`${item.locationId} ${item.lotNumber}`}>
            <Table.Td>{item.lotNumber}</Table.Td>
            <Table.Td ta="right">{count(item.reserved)}</Table.Td>
            <Table.Td ta="right" fw={600}>
              {rest === 0 ? 0 : 'the rest'}
            </Table.Td>
            <Table.Td ta="right">{rest === 0 ? count(item.availableAfter + item.reserved) : '—'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Caption>
        <Text size="sm" span>
          {got < asked
            ? `The lot has only ${count(got)}: the API may refuse the pin.`
            : rest > 0
              ? `${count(rest)} units come from other lots, earliest expiry first, or are backordered.`
              : 'The whole line comes from this lot.'}{' '}
          The lots are swapped in one step: the order is never without a reservation.
        </Text>
      </Table.Caption>
    </Table>
  );
}
