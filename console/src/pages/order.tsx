import { Anchor, Badge, Group, Paper, SimpleGrid, Stack, Table, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { OrderResponse } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { day, daysUntil, eventWords, moment, money, words } from '../format.ts';
import { AllocationPanel } from '../parts/allocation.tsx';
import { Badges } from '../parts/badges.tsx';
import { OrderActions } from '../parts/order-actions.tsx';
import { Loaded, Nothing } from '../parts/states.tsx';

interface HistoryEvent {
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
  readonly occurredAt: string;
  readonly actor: { readonly type: string; readonly id: string };
  readonly data: Readonly<Record<string, unknown>>;
}

interface DocumentSummary {
  readonly documentId: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly mediaType: string;
}

/** One order: where it stands, what it holds, what happened to it, and what can be done. */
export default function OrderPage({ orderId }: { readonly orderId: string }) {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => api<OrderResponse>(path),
    refetchInterval: 2_000,
  });
  return <Loaded query={order}>{(shown) => <Shown order={shown} path={path} />}</Loaded>;
}

function Shown({ order, path }: { readonly order: OrderResponse; readonly path: string }) {
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
          <Text c="dimmed" size="sm">
            {words(order.channel)} · {order.orderType} · {money(order.total, order.currency)} · received{' '}
            {moment(order.receivedAt)} · {order.customer.name}
          </Text>
        </div>
        <OrderActions order={order} path={path} />
      </Group>
      {order.holds.map((hold) => (
        <Paper key={hold.holdId} withBorder p="xs">
          <Text size="sm">
            <b>On hold:</b> {words(hold.reason)} since {moment(hold.heldAt)}
            {hold.note && ` — ${hold.note}`}
          </Text>
        </Paper>
      ))}
      {order.orderType === 'B2B' && <Wholesale order={order} />}
      <Lines order={order} />
      <Tabs defaultValue="allocation" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="allocation">Allocation</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="shipments">Shipments ({order.shipments.length})</Tabs.Tab>
          <Tabs.Tab value="documents">Documents</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="allocation" pt="sm">
          <AllocationPanel order={order} path={path} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          <History path={path} />
        </Tabs.Panel>
        <Tabs.Panel value="shipments" pt="sm">
          <Shipments order={order} />
        </Tabs.Panel>
        <Tabs.Panel value="documents" pt="sm">
          <Documents path={path} />
        </Tabs.Panel>
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

function Wholesale({ order }: { readonly order: OrderResponse }) {
  const { deliveryWindow, purchaseOrderNumber, paymentTerms, cases, pallets } = order;
  const left = deliveryWindow === undefined ? null : daysUntil(deliveryWindow.end);
  const facts: readonly (readonly [string, string])[] = [
    ['Buyer PO', purchaseOrderNumber ?? '—'],
    ['Payment terms', paymentTerms ?? '—'],
    [
      'Delivery window',
      deliveryWindow === undefined
        ? '—'
        : `${day(deliveryWindow.start)} – ${day(deliveryWindow.end)} (${(left ?? 0) < 0 ? 'over' : `${left} days left`})`,
    ],
    ['Case packs', cases === undefined ? '—' : `${cases} cases${pallets ? `, ${pallets} pallets` : ''}`],
  ];
  return (
    <Paper withBorder p="sm" component="section" aria-label="Wholesale terms">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {name}
            </Text>
            <Text size="sm" fw={600}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}

function Lines({ order }: { readonly order: OrderResponse }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table striped aria-label="Lines">
        <Table.Thead>
          <Table.Tr>
            {[
              'Line',
              'SKU',
              'Price',
              'Ordered',
              'Allocated',
              'Backordered',
              'Shipped',
              'Delivered',
              'Cancelled',
              'Status',
            ].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
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
              </Table.Td>
              <Table.Td>{line.unitPrice}</Table.Td>
              <Table.Td>
                {line.ordered}
                {line.cases !== undefined && ` (${line.cases} cases)`}
              </Table.Td>
              <Table.Td>{line.allocated}</Table.Td>
              <Table.Td>{line.backordered}</Table.Td>
              <Table.Td>{line.shipped}</Table.Td>
              <Table.Td>{line.delivered}</Table.Td>
              <Table.Td>{line.cancelled}</Table.Td>
              <Table.Td>{words(line.status)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function History({ path }: { readonly path: string }) {
  const history = useQuery({
    queryKey: ['history', path],
    queryFn: () => api<Page<HistoryEvent>>(`${path}/events?limit=1000`),
    refetchInterval: 3_000,
  });
  return (
    <Loaded query={history}>
      {({ items }) => (
        <Stack gap="xs" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
          {items.map((event) => (
            <Paper key={event.eventId} withBorder p="xs" component="li">
              <Group justify="space-between">
                <Text size="sm" fw={600} {...(event.type === 'TransitionRejected' && { c: 'red' })}>
                  {event.sequence}. {eventWords(event.type)}
                </Text>
                <Text size="xs" c="dimmed">
                  {moment(event.occurredAt)} · {words(event.actor.type.replace('-', '_'))} {event.actor.id}
                </Text>
              </Group>
              {typeof event.data.detail === 'string' && <Text size="sm">{event.data.detail}</Text>}
              {typeof event.data.reason === 'string' && <Text size="sm">{words(event.data.reason)}</Text>}
              <details>
                <summary>
                  <Text size="xs" span c="dimmed">
                    what it says in full
                  </Text>
                </summary>
                <pre style={{ overflowX: 'auto', fontSize: 12 }}>{JSON.stringify(event.data, null, 2)}</pre>
              </details>
            </Paper>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function Shipments({ order }: { readonly order: OrderResponse }) {
  if (order.shipments.length === 0) return <Nothing>Nothing has been shipped yet.</Nothing>;
  return (
    <Stack gap="xs">
      {order.shipments.map((shipment) => (
        <Paper key={shipment.shipmentId} withBorder p="sm">
          <Group justify="space-between">
            <Text size="sm" fw={600}>
              {shipment.shipmentId} · {shipment.carrier} {shipment.trackingNumber}
            </Text>
            <Badge variant="light">{shipment.deliveredAt === undefined ? 'On its way' : 'Delivered'}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            shipped {moment(shipment.shippedAt)}
            {shipment.deliveredAt && `, delivered ${moment(shipment.deliveredAt)}`}
            {shipment.signedBy && `, signed by ${shipment.signedBy}`}
          </Text>
          {shipment.trouble && (
            <Text size="sm" c="red">
              {words(shipment.trouble.news)} on {moment(shipment.trouble.occurredAt)}
            </Text>
          )}
          <Text size="sm">
            {shipment.lines
              .map(
                (line) =>
                  `${line.quantity} × ${line.sku} (${line.lots.map((lot) => lot.lotNumber).join(', ')})`,
              )
              .join('; ')}
          </Text>
        </Paper>
      ))}
    </Stack>
  );
}

function Documents({ path }: { readonly path: string }) {
  const documents = useQuery({
    queryKey: ['documents', path],
    queryFn: () => api<Page<DocumentSummary>>(`${path}/documents`),
    refetchInterval: 5_000,
  });
  const open = async ({ documentId }: DocumentSummary) => {
    const content = await api<unknown>(`${path}/documents/${documentId}`);
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: `${documentId}.txt` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Loaded query={documents}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>Nothing has been sent about this order.</Nothing>
        ) : (
          <Stack gap="xs">
            {items.map((document) => (
              <Group key={document.documentId} justify="space-between">
                <Anchor component="button" type="button" onClick={() => void open(document)}>
                  {document.kind} · {document.documentId}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {moment(document.createdAt)}
                </Text>
              </Group>
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}
