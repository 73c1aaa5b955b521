import { Button, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderCommandType } from '../../../domain/order/commands.ts';
import { isTaken } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { words } from '../format.ts';
import { useAct } from './act.tsx';

interface Props {
  readonly order: OrderResponse;
  readonly path: string;
}

/** Everything that the order's state takes; what it does not take cannot be pressed, and says so. */
export function OrderActions({ order, path }: Props) {
  const act = useAct();
  const run = (done: string, below: string, method: 'POST' | 'DELETE' = 'POST') =>
    act.mutate({
      done,
      act: () => api(`${path}${below}`, { method, ...(method === 'POST' && { body: {} }) }),
    });
  const button = (command: OrderCommandType, label: string, click: () => void) => (
    <Button
      key={label}
      size="xs"
      variant="default"
      disabled={!isTaken(order.state, command)}
      title={
        isTaken(order.state, command)
          ? undefined
          : `An order that is ${words(order.state)} does not take this.`
      }
      onClick={click}
    >
      {label}
    </Button>
  );
  const undelivered = order.shipments.filter(({ deliveredAt }) => deliveredAt === undefined);
  return (
    <Group gap={6} role="group" aria-label="Actions">
      {button('AllocateOrder', 'Allocate', () => run('Stock was looked for anew.', '/allocation'))}
      {button('ReleaseAllocation', 'Release', () =>
        run('The reservation was given back.', '/allocation', 'DELETE'),
      )}
      {button('QueueFulfillment', 'Queue', () => run('The order is queued.', '/fulfillment'))}
      <Ship order={order} path={path} />
      {undelivered.map(({ shipmentId }) =>
        button('ConfirmDelivery', `Delivered ${shipmentId.split('-').at(-1)}`, () =>
          act.mutate({
            done: `${shipmentId} has arrived.`,
            act: () =>
              api(`${path}/shipments/${shipmentId}/delivery`, {
                method: 'POST',
                body: { deliveredAt: new Date().toISOString() },
              }),
          }),
        ),
      )}
      {button('CloseOrder', 'Close', () => run('The order is closed.', '/close'))}
      <Hold order={order} path={path} />
      {order.holds.map(({ holdId, reason }) =>
        button('ReleaseHold', `Release hold: ${words(reason)}`, () =>
          run('The hold is released.', `/holds/${holdId}`, 'DELETE'),
        ),
      )}
      <Cancel order={order} path={path} />
    </Group>
  );
}

function Dialog({
  label,
  title,
  command,
  order,
  children,
  danger = false,
}: {
  readonly label: string;
  readonly title: string;
  readonly command: OrderCommandType;
  readonly order: OrderResponse;
  readonly danger?: boolean;
  children(close: () => void): ReactNode;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  const taken = isTaken(order.state, command);
  return (
    <>
      <Button
        size="xs"
        variant={danger ? 'outline' : 'default'}
        {...(danger && { color: 'red' })}
        disabled={!taken}
        title={taken ? undefined : `An order that is ${words(order.state)} does not take this.`}
        onClick={open}
      >
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title}>
        {children(close)}
      </Modal>
    </>
  );
}

function Ship({ order, path }: Props) {
  const act = useAct();
  const [carrier, setCarrier] = useState('UPS');
  const [trackingNumber, setTrackingNumber] = useState('');
  const [units, setUnits] = useState<Readonly<Record<number, number>>>({});
  const ready = order.lines.filter(({ allocated }) => allocated > 0);
  const quantityOf = (line: OrderResponse['lines'][number]) => units[line.lineNumber] ?? line.allocated;
  const left = ready.reduce((total, line) => total + line.allocated - quantityOf(line), 0);
  return (
    <Dialog label="Ship" title={`Ship from ${order.orderId}`} command="RecordShipment" order={order}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const lines = ready
              .map((line) => ({ lineNumber: line.lineNumber, quantity: quantityOf(line) }))
              .filter(({ quantity }) => quantity > 0);
            act.mutate({
              done: 'The shipment is recorded.',
              act: async () => {
                await api(`${path}/shipments`, { method: 'POST', body: { lines, carrier, trackingNumber } });
                // The next parcel has another number, and is offered all that is left.
                setUnits({});
                setTrackingNumber('');
                close();
              },
            });
          }}
        >
          <Stack>
            <Select
              label="Carrier"
              data={['UPS', 'FedEx', 'USPS', 'DHL']}
              value={carrier}
              onChange={(value) => setCarrier(value ?? 'UPS')}
            />
            <TextInput
              label="Tracking number"
              required
              value={trackingNumber}
              onChange={(event) => setTrackingNumber(event.currentTarget.value)}
            />
            {ready.map((line) => (
              <NumberInput
                key={line.lineNumber}
                label={`Line ${line.lineNumber}: ${line.sku}, ${line.allocated} ready`}
                min={0}
                max={line.allocated}
                step={line.unitsPerCase ?? 1}
                value={quantityOf(line)}
                onChange={(value) => setUnits({ ...units, [line.lineNumber]: Number(value) })}
              />
            ))}
            <Text size="sm" c="dimmed">
              {left === 0
                ? 'Everything that is reserved leaves.'
                : `${left} reserved units stay, and the order stays queued for them.`}{' '}
              A shipment cannot be taken back.
            </Text>
            <Button type="submit" loading={act.isPending} disabled={ready.length === 0}>
              Record the shipment
            </Button>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

const HOLD_REASONS = [
  'AWAITING_PAYMENT',
  'HIGH_RISK_OF_FRAUD',
  'INCORRECT_ADDRESS',
  'CREDIT_LIMIT',
  'LOT_QUALITY',
  'OTHER',
];

function Hold({ order, path }: Props) {
  const act = useAct();
  const [reason, setReason] = useState('OTHER');
  const [note, setNote] = useState('');
  return (
    <Dialog label="Hold" title={`Put ${order.orderId} on hold`} command="PlaceHold" order={order}>
      {(close) => (
        <Stack>
          <Select
            label="Reason"
            data={HOLD_REASONS.map((value) => ({ value, label: words(value) }))}
            value={reason}
            onChange={(value) => setReason(value ?? 'OTHER')}
          />
          <Textarea label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Text size="sm" c="dimmed">
            Queueing and shipping stop until the hold is released; what is reserved stays reserved.
          </Text>
          <Button
            loading={act.isPending}
            onClick={() =>
              act.mutate({
                done: 'The order is on hold.',
                act: async () => {
                  await api(`${path}/holds`, {
                    method: 'POST',
                    body: { reason, ...(note !== '' && { note }) },
                  });
                  close();
                },
              })
            }
          >
            Hold
          </Button>
        </Stack>
      )}
    </Dialog>
  );
}

function Cancel({ order, path }: Props) {
  const act = useAct();
  const [reason, setReason] = useState('');
  const released = order.lines.flatMap(({ allocations }) => allocations);
  const hasShipped = order.shipments.length > 0;
  return (
    <Dialog label="Cancel" title={`Cancel ${order.orderId}`} command="CancelOrder" order={order} danger>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: 'The order is cancelled.',
              act: async () => {
                await api(`${path}/cancellation`, { method: 'POST', body: { reason } });
                close();
              },
            });
          }}
        >
          <Stack>
            <Text size="sm">
              {hasShipped
                ? 'What has not shipped is cancelled; the order goes on with what has.'
                : 'The whole order is cancelled.'}{' '}
              {released.length === 0
                ? 'Nothing is reserved for it.'
                : `Given back to stock: ${released.map(({ quantity, lotNumber }) => `${quantity} of ${lotNumber}`).join(', ')}.`}
            </Text>
            <TextInput
              label="Reason"
              required
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button type="submit" color="red" loading={act.isPending}>
              Cancel the order
            </Button>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
