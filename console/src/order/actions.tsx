import { Group } from '@mantine/core';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { words } from '../format.ts';
import { useMay } from '../session.ts';
import { Amend } from './amend.tsx';
import { Cancel } from './cancel.tsx';
import { Deliver } from './deliver.tsx';
import { ActionButton, type ActionProps } from './dialog.tsx';
import { Hold } from './hold.tsx';
import { Release } from './release.tsx';
import { Return } from './return.tsx';
import { Ship } from './ship.tsx';

/** The commands of an order; one that its state does not allow is disabled and says why. */
export function OrderActions({ order, path }: ActionProps) {
  const act = useAct();
  const may = useMay();
  if (!may('orders/write')) return null;
  const run = (done: string, below: string, method: 'POST' | 'DELETE' = 'POST') =>
    act.mutate({
      done,
      act: () => api(`${path}${below}`, { method, ...(method === 'POST' && { body: {} }) }),
    });
  return (
    <Group gap={6} role="group" aria-label="Actions">
      <ActionButton
        order={order}
        command="AllocateOrder"
        label="Allocate"
        onClick={() => run('Allocation was run.', '/allocation')}
      />
      <Release order={order} path={path} />
      <ActionButton
        order={order}
        command="QueueFulfillment"
        label="Queue"
        blocker={order.holds.length > 0 ? 'The order is on hold: release the hold first.' : undefined}
        onClick={() => run('The order is queued.', '/fulfillment')}
      />
      <Ship order={order} path={path} />
      <Deliver order={order} path={path} />
      <ActionButton
        order={order}
        command="CloseOrder"
        label="Close"
        onClick={() => run('The order is closed.', '/close')}
      />
      <Amend order={order} path={path} />
      <Return order={order} path={path} />
      <Hold order={order} path={path} />
      {order.holds.map(({ holdId, reason }) => (
        <ActionButton
          key={holdId}
          order={order}
          command="ReleaseHold"
          label={`Release hold: ${words(reason)}`}
          onClick={() => run('The hold is released.', `/holds/${holdId}`, 'DELETE')}
        />
      ))}
      <Cancel order={order} path={path} />
    </Group>
  );
}
