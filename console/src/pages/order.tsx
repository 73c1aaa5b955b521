import { Alert, Badge, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { OrderResponse } from '../../../contract/responses.ts';
import { api } from '../api.ts';
import { Badges } from '../components/badges.tsx';
import { Loaded } from '../components/states.tsx';
import { moment, money, words } from '../format.ts';
import { MessageList } from '../messages/list.tsx';
import { OrderActions } from '../order/actions.tsx';
import { AllocationPanel } from '../order/allocation.tsx';
import { ChannelDetails } from '../order/channel-details.tsx';
import { Documents } from '../order/documents.tsx';
import { History } from '../order/history.tsx';
import { Lines } from '../order/lines.tsx';
import { PackingSlip } from '../order/packing-slip.tsx';
import { PortalLinks } from '../order/portal-link.tsx';
import { Shipments } from '../order/shipments.tsx';
import { Terms } from '../order/terms.tsx';
import { useMay } from '../session.ts';

/** One order: state, lines, reservations, history and commands. */
export default function OrderPage({ orderId }: { readonly orderId: string }) {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => api<OrderResponse>(path),
    refetchInterval: 2_000,
  });
  return <Loaded query={order}>{(shown) => <Shown order={shown} path={path} />}</Loaded>;
}

const TABS = ['allocation', 'history', 'shipments', 'documents', 'messages'];

/** The URL holds the open tab. */
function useTab() {
  const [given, setGiven] = useSearchParams();
  const tab = TABS.find((name) => name === given.get('tab')) ?? 'allocation';
  const setTab = (name: string | null) =>
    setGiven(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('tab', name ?? 'allocation');
        return next;
      },
      { replace: true },
    );
  return [tab, setTab] as const;
}

function Shown({ order, path }: { readonly order: OrderResponse; readonly path: string }) {
  const [tab, setTab] = useTab();
  const may = useMay();
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={1} size="h2">
              {order.orderId}
            </Title>
            <Badge size="lg" variant="light">
              {words(order.state)}
            </Badge>
            <Badges order={{ ...order, units: unitsOf(order) }} />
          </Group>
          <Text c="dimmed" size="sm" component="div">
            {words(order.channel)} · {order.orderType} · {money(order.total, order.currency)} · received{' '}
            {moment(order.receivedAt)} · {order.customer.name} <PortalLinks path={path} />
            <PackingSlip path={path} />
          </Text>
        </div>
        <OrderActions order={order} path={path} />
      </Group>
      {order.holds.map((hold) => (
        <Alert key={hold.holdId} color="red" p="xs">
          <b>On hold: {words(hold.reason)}</b> since {moment(hold.heldAt)}
          {hold.note && `. ${hold.note}`}
        </Alert>
      ))}
      <Terms order={order} />
      <ChannelDetails order={order} />
      <Lines order={order} />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="allocation">Allocation</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="shipments">Shipments ({order.shipments.length})</Tabs.Tab>
          <Tabs.Tab value="documents">Documents</Tabs.Tab>
          {may('operations/admin') && <Tabs.Tab value="messages">Messages</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="allocation" pt="sm">
          <AllocationPanel order={order} path={path} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          <History order={order} path={path} />
        </Tabs.Panel>
        <Tabs.Panel value="shipments" pt="sm">
          <Shipments order={order} path={path} />
        </Tabs.Panel>
        <Tabs.Panel value="documents" pt="sm">
          <Documents path={path} />
        </Tabs.Panel>
        {may('operations/admin') && (
          <Tabs.Panel value="messages" pt="sm">
            <MessageList
              query={`orderId=${encodeURIComponent(order.orderId)}`}
              none="No channel or carrier sent a message about this order."
            />
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  );
}

function unitsOf({ lines }: OrderResponse) {
  const sum = (
    name: 'ordered' | 'allocated' | 'backordered' | 'shipped' | 'delivered' | 'cancelled' | 'open',
  ) => lines.reduce((total, line) => total + line[name], 0);
  return {
    ordered: sum('ordered'),
    allocated: sum('allocated'),
    backordered: sum('backordered'),
    shipped: sum('shipped'),
    delivered: sum('delivered'),
    cancelled: sum('cancelled'),
    open: sum('open'),
  };
}
