import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

const DISPOSITIONS = [
  { value: 'RESTOCK', label: 'Back into stock' },
  { value: 'QUARANTINE', label: 'Into quarantine' },
  { value: 'WRITE_OFF', label: 'Written off' },
];

/** Takes goods back, line by line, and says what becomes of them. */
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
      title={`Goods of ${order.orderId} came back`}
      command="ReceiveReturn"
      order={order}
      blocker={returnable.length === 0 ? 'Nothing has shipped that could come back.' : undefined}
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
              label="What becomes of the goods"
              data={DISPOSITIONS}
              value={disposition}
              onChange={(value) => setDisposition(value ?? 'RESTOCK')}
              allowDeselect={false}
            />
            <Text size="sm" c="dimmed">
              {disposition === 'RESTOCK'
                ? 'They can be reserved again at once.'
                : disposition === 'QUARANTINE'
                  ? 'They are on hand, and nobody can reserve them until their lot is looked at.'
                  : 'They do not come back into stock.'}
              {order.orderType === 'B2B' && ' A credit note is booked.'}
            </Text>
            <Group>
              <Button type="submit" loading={act.isPending} disabled={lines.length === 0}>
                Record the return
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </ActionDialog>
  );
}
