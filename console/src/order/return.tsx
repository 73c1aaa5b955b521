import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

const DISPOSITIONS = [
  { value: 'RESTOCK', label: 'Restock' },
  { value: 'QUARANTINE', label: 'Quarantine' },
  { value: 'WRITE_OFF', label: 'Write off' },
];

/** Records returned goods, line by line, with their disposition. */
export function Return({ order, path }: ActionProps) {
  const act = useAct();
  const [units, setUnits] = useState<Readonly<Record<number, number>>>({});
  const [disposition, setDisposition] = useState('RESTOCK');
  const returnable = order.lines.filter(({ shipped, returned }) => shipped > returned);
  const lines = returnable
    .map(({ lineNumber }) => ({ lineNumber, quantity: units[lineNumber] ?? 0, disposition }))
    .filter(({ quantity }) => quantity > 0);
  return (
    <ActionDialog
      name="return"
      label="Return"
      title={`Record a return of ${order.orderId}`}
      command="ReceiveReturn"
      order={order}
      blocker={returnable.length === 0 ? 'Nothing has shipped that could be returned.' : undefined}
    >
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: 'The return is recorded.',
              act: async () => {
                await api(`${path}/returns`, { method: 'POST', body: { lines } });
                setUnits({});
                close();
              },
            });
          }}
        >
          <Stack>
            {returnable.map(({ lineNumber, sku, shipped, returned }) => (
              <NumberInput
                key={lineNumber}
                label={`Line ${lineNumber}: ${sku}, ${shipped - returned} at the customer`}
                min={0}
                max={shipped - returned}
                value={units[lineNumber] ?? 0}
                onChange={(value) => setUnits({ ...units, [lineNumber]: Number(value) })}
              />
            ))}
            <Select
              label="Disposition"
              data={DISPOSITIONS}
              value={disposition}
              onChange={(value) => setDisposition(value ?? 'RESTOCK')}
              allowDeselect={false}
            />
            <Text size="sm" c="dimmed">
              {disposition === 'RESTOCK'
                ? 'The units can be reserved again at once.'
                : disposition === 'QUARANTINE'
                  ? 'The units are on hand and cannot be reserved until their lot is made available.'
                  : 'The units do not return to stock.'}
              {order.orderType === 'B2B' && ' A credit note is created.'}
            </Text>
            <Group>
              <Button type="submit" loading={act.isPending} disabled={lines.length === 0}>
                Record return
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
