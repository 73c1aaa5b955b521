import { Table, Text } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderEventData } from '../../../domain/order/events.ts';
import { count, money } from '../format.ts';
import { addressWords, windowWords } from './event-sentences.ts';

interface Props {
  readonly data: OrderEventData<'OrderAmended'>;
  readonly before: OrderResponse;
  readonly after: OrderResponse;
}

/** The preview of an amendment: before and after, including reservations. */
export function Changes({ data, before, after }: Props) {
  const rows = rowsOf({ data, before, after });
  return (
    <Table aria-label="Preview of changes" withTableBorder verticalSpacing={4} captionSide="top">
      <Table.Caption>The order is not changed yet.</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th />
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, was, becomes]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{was}</Table.Td>
            <Table.Td>
              <Text span size="sm" fw={600}>
                {becomes}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

type Row = readonly [name: string, was: string, becomes: string];

function rowsOf({ data, before, after }: Props): readonly Row[] {
  const rows: Row[] = [];
  const add = (name: string, was: string, becomes: string) => rows.push([name, was, becomes]);
  const { shipTo, deliveryWindow, purchaseOrderNumber, customerReference, total } = data;
  if (shipTo) add('Ship to', addressWords(shipTo.before), addressWords(shipTo.after));
  if (deliveryWindow)
    add('Delivery window', windowWords(deliveryWindow.before), windowWords(deliveryWindow.after));
  if (purchaseOrderNumber) {
    add('Purchase order', purchaseOrderNumber.before ?? '—', purchaseOrderNumber.after ?? '—');
  }
  if (customerReference)
    add('Customer number', customerReference.before ?? '—', customerReference.after ?? '—');
  for (const { lineNumber, quantity, unitPrice } of data.lines ?? []) {
    if (quantity) add(`Line ${lineNumber}, units`, count(quantity.before), count(quantity.after));
    if (unitPrice) add(`Line ${lineNumber}, price`, unitPrice.before, unitPrice.after);
  }
  if (total) add('Total', money(total.before, before.currency), money(total.after, before.currency));
  for (const line of after.lines) {
    const was = before.lines.find(({ lineNumber }) => lineNumber === line.lineNumber);
    if (was === undefined) continue;
    const name = `Line ${line.lineNumber}`;
    if (was.allocated !== line.allocated) add(`${name}, reserved`, held(was), held(line));
    const [waited, waits] = [was.backordered + was.open, line.backordered + line.open];
    if (waited !== waits) add(`${name}, waiting for stock`, count(waited), count(waits));
  }
  return rows;
}

function held({ allocations }: OrderResponse['lines'][number]): string {
  return (
    allocations.map(({ quantity, lotNumber }) => `${count(quantity)} of ${lotNumber}`).join(', ') || 'nothing'
  );
}
