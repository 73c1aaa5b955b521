import { BarChart, DonutChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { BoardResponse, OrderSummary } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { count, words } from '../format.ts';
import { Loaded, Nothing } from '../parts/states.tsx';

/** Orders that the figures are drawn from; older ones are left out, and the page says so. */
const MOST_ORDERS = 500;
const CHANNEL_COLORS: Readonly<Record<string, string>> = {
  SHOPIFY: 'teal.7',
  SQUARE: 'indigo.6',
  EDI: 'orange.7',
  MANUAL: 'grape.6',
};

/** How the loop is doing: one question a chart. */
export default function OverviewPage() {
  const figures = useQuery({
    queryKey: ['overview'],
    queryFn: async () => ({
      board: await api<BoardResponse>('/v1/board?limit=1'),
      orders: await newest(),
    }),
    refetchInterval: 15_000,
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        Overview
      </Title>
      <Loaded query={figures}>
        {({ board, orders }) =>
          orders.length === 0 ? (
            <Nothing>No order has come in yet.</Nothing>
          ) : (
            <Figures board={board} orders={orders} />
          )
        }
      </Loaded>
    </Stack>
  );
}

async function newest(): Promise<readonly OrderSummary[]> {
  const orders: OrderSummary[] = [];
  let cursor = '';
  while (orders.length < MOST_ORDERS) {
    const page = await api<Page<OrderSummary>>(`/v1/orders?limit=100${cursor}`);
    orders.push(...page.items);
    if (page.nextCursor === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return orders;
}

function Figures({
  board,
  orders,
}: {
  readonly board: BoardResponse;
  readonly orders: readonly OrderSummary[];
}) {
  const live = orders.filter(({ state }) => state !== 'CANCELLED');
  const sum = (name: keyof OrderSummary['units']) =>
    live.reduce((total, { units }) => total + units[name], 0);
  const served = sum('allocated') + sum('shipped');
  const wanted = sum('ordered') - sum('cancelled');
  const late = live.filter(({ deliveryWindowStatus }) => deliveryWindowStatus === 'MISSED').length;
  const windows = live.filter(({ deliveryWindow }) => deliveryWindow !== undefined).length;
  const channels = [...Map.groupBy(orders, ({ channel }) => channel)];
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name="Fill rate" value={wanted === 0 ? '—' : `${Math.round((served / wanted) * 100)} %`}>
          units reserved or shipped, of those ordered
        </Figure>
        <Figure name="Backordered" value={count(sum('backordered'))}>
          units that wait for stock
        </Figure>
        <Figure name="Held" value={count(live.filter(({ holds }) => holds.length > 0).length)}>
          orders that someone has to look at
        </Figure>
        <Figure
          name="In their window"
          value={windows === 0 ? '—' : `${Math.round(((windows - late) / windows) * 100)} %`}
        >
          of orders with a delivery window, not missed
        </Figure>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Chart question="Where are the orders?">
          <BarChart
            h={240}
            data={board.columns.map((column) => ({
              state: words(column.state.replace('FULFILLMENT_', '')),
              Orders: column.count,
            }))}
            dataKey="state"
            series={[{ name: 'Orders', color: 'teal.7' }]}
            tickLine="y"
          />
        </Chart>
        <Chart question="Through which channels do they come?">
          <DonutChart
            withLabels
            withLabelsLine
            mx="auto"
            size={180}
            data={channels.map(([channel, own]) => ({
              name: words(channel),
              value: own.length,
              color: CHANNEL_COLORS[channel] ?? 'gray.6',
            }))}
          />
          <Text size="sm" ta="center">
            {channels.map(([channel, own]) => `${words(channel)} ${own.length}`).join(' · ')}
          </Text>
        </Chart>
        <Chart question="How many come in each day?">
          <BarChart
            h={240}
            data={byDay(orders)}
            dataKey="day"
            type="stacked"
            series={['SHOPIFY', 'SQUARE', 'EDI', 'MANUAL'].map((channel) => ({
              name: channel,
              label: words(channel),
              color: CHANNEL_COLORS[channel] ?? 'gray.6',
            }))}
            withLegend
          />
        </Chart>
        <Chart question="How long have backorders been waiting?">
          <BarChart
            h={240}
            data={byAge(live.filter(({ units }) => units.backordered > 0))}
            dataKey="age"
            series={[{ name: 'Units', color: 'orange.7' }]}
          />
        </Chart>
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        Drawn from the newest {count(orders.length)} orders; the first chart counts all.
      </Text>
    </Stack>
  );
}

function byDay(orders: readonly OrderSummary[]) {
  const days = Map.groupBy(orders, ({ receivedAt }) => new Date(receivedAt).toLocaleDateString());
  return [...days]
    .slice(0, 14)
    .reverse()
    .map(([day, own]) => ({
      day,
      ...Object.fromEntries(
        [...Map.groupBy(own, ({ channel }) => channel)].map(([channel, list]) => [channel, list.length]),
      ),
    }));
}

function byAge(orders: readonly OrderSummary[]) {
  const ages = [
    ['today', 1],
    ['up to 3 days', 3],
    ['up to a week', 7],
    ['longer', Number.POSITIVE_INFINITY],
  ] as const;
  let from = 0;
  return ages.map(([age, until]) => {
    const inIt = orders.filter(({ receivedAt }) => {
      const days = (Date.now() - Date.parse(receivedAt)) / 86_400_000;
      return days >= from && days < until;
    });
    from = until;
    return { age, Units: inIt.reduce((total, { units }) => total + units.backordered, 0) };
  });
}

function Figure({
  name,
  value,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
}) {
  return (
    <Paper withBorder p="sm">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={700}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </Paper>
  );
}

function Chart({ question, children }: { readonly question: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={question}>
      <Text fw={600} size="sm" component="h2" mt={0}>
        {question}
      </Text>
      {children}
    </Paper>
  );
}
