import { AreaChart, BarChart } from '@mantine/charts';
import { isFinal } from '../../../domain/order/lifecycle.ts';
import '@mantine/charts/styles.css';
import { Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { OverviewResponse } from '../../../contract/overview.ts';
import { api } from '../api.ts';
import { Figure } from '../components/figure.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { count, words } from '../format.ts';
import { Chart } from '../overview/chart.tsx';
import {
  amounts,
  backlogWords,
  CHANNEL_COLORS,
  percent,
  shortDay,
  slowestWords,
  span,
  stateSeries,
  waitingWords,
  whereWords,
} from '../overview/figures.ts';
import { ChannelTable, SkuTable } from '../overview/tables.tsx';

const PERIODS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];
const DAY = 86_400_000;

/** Counts over all orders: one chart for each question. */
export default function OverviewPage() {
  const [given, setGiven] = useSearchParams();
  const days = PERIODS.some(({ value }) => value === given.get('days'))
    ? (given.get('days') as string)
    : '30';
  const to = new Date().toISOString().slice(0, 10);
  const from = new Date(Date.parse(to) - (Number(days) - 1) * DAY).toISOString().slice(0, 10);
  const overview = useQuery({
    queryKey: ['overview', from, to],
    queryFn: () => api<OverviewResponse>(`/v1/overview?from=${from}&to=${to}`),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">
          Overview
        </Title>
        <SegmentedControl
          aria-label="Orders received in the last"
          size="xs"
          data={PERIODS}
          value={days}
          onChange={(value) => setGiven({ days: value }, { replace: true })}
        />
      </Group>
      <Loaded query={overview}>
        {(shown) =>
          shown.states.every(({ orders }) => orders === 0) ? (
            <Nothing>There are no orders yet.</Nothing>
          ) : (
            <Figures overview={shown} />
          )
        }
      </Loaded>
    </Stack>
  );
}

function Figures({ overview }: { readonly overview: OverviewResponse }) {
  const { period, states, days, timeInState, channels, backorders } = overview;
  const { inWindow, early, late } = period.deliveryWindows;
  const all = states.map(({ state }) => state);
  const open = all.filter((state) => !isFinal(state));
  const busy = channels.filter(({ orders }) => orders > 0);
  // Days before the first order are left out, but a week is drawn at least.
  const first = days.findIndex(({ orders }) => orders > 0);
  const drawn = first < 0 ? [] : days.slice(Math.max(0, Math.min(first, days.length - 7)));
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name="Orders received" value={count(period.orders)}>
          {amounts(period.value)}
        </Figure>
        <Figure name="Fill rate" value={percent(period.fillRate.rate)}>
          of {count(period.fillRate.unitsOrdered)} units never waited for stock
        </Figure>
        <Figure name="Within the window" value={percent(period.deliveryWindows.rate)}>
          {inWindow + early + late === 0
            ? 'no delivery with a window yet'
            : `${count(inWindow)} within, ${count(early)} early, ${count(late)} late`}
        </Figure>
        <Figure name="Waiting for stock" value={count(backorders.units)}>
          units of {count(backorders.skuCount)} {backorders.skuCount === 1 ? 'SKU' : 'SKUs'}
        </Figure>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Chart question="Where are the orders now?" answer={whereWords(overview)} isEmpty={false}>
          <BarChart
            h={220}
            data={states.map(({ state, orders }) => ({
              state: words(state.replace('FULFILLMENT_', '')),
              Orders: orders,
            }))}
            dataKey="state"
            series={[{ name: 'Orders', color: 'teal.7' }]}
            tickLine="y"
            yAxisProps={{ allowDecimals: false }}
          />
        </Chart>
        <Chart
          question="Do open orders accumulate, and in which state?"
          answer={backlogWords(drawn)}
          isEmpty={drawn.length === 0}
        >
          <AreaChart
            h={220}
            data={drawn.map(({ date, atEnd }) => ({
              day: shortDay(date),
              ...Object.fromEntries(
                open.map((state) => [state, atEnd.find((each) => each.state === state)?.orders ?? 0]),
              ),
            }))}
            dataKey="day"
            type="stacked"
            curveType="linear"
            series={stateSeries(open)}
            withLegend
            legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
            yAxisProps={{ allowDecimals: false }}
          />
        </Chart>
        <Chart
          question="Where are the orders of each day now?"
          answer={`Of ${count(period.orders)} received, ${count(period.closed)} are closed and ${count(period.cancelled)} cancelled.`}
          isEmpty={drawn.length === 0}
        >
          <BarChart
            h={220}
            data={drawn.map(({ date, states: own }) => ({
              day: shortDay(date),
              ...Object.fromEntries(own.map(({ state, orders }) => [state, orders])),
            }))}
            dataKey="day"
            type="stacked"
            series={stateSeries(all)}
            withLegend
            legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
            yAxisProps={{ allowDecimals: false }}
          />
        </Chart>
        <Chart
          question="How long do orders stay in a state?"
          answer={slowestWords(overview)}
          isEmpty={timeInState.every(({ stays }) => stays === 0)}
        >
          <BarChart
            h={220}
            orientation="vertical"
            data={timeInState.flatMap(({ state, averageSeconds }) =>
              averageSeconds === null ? [] : [{ state: words(state), Hours: averageSeconds / 3_600 }],
            )}
            dataKey="state"
            series={[{ name: 'Hours', color: 'indigo.6' }]}
            valueFormatter={(hours) => span(hours * 3_600)}
            yAxisProps={{ width: 120 }}
            gridAxis="x"
          />
        </Chart>
        <Chart
          question="What is waiting for stock, and since when?"
          answer={waitingWords(overview)}
          isEmpty={backorders.skus.length === 0}
        >
          <SkuTable skus={backorders.skus.slice(0, 6)} />
        </Chart>
        <Chart
          question="Do deliveries arrive within their window?"
          answer={
            inWindow + early + late === 0
              ? 'No delivery with a window yet.'
              : `${percent(period.deliveryWindows.rate)} of ${count(inWindow + early + late)} did.`
          }
          isEmpty={inWindow + early + late === 0}
        >
          <BarChart
            h={220}
            data={drawn.map(({ date, deliveryWindows }) => ({
              day: shortDay(date),
              Early: deliveryWindows.early,
              'In the window': deliveryWindows.inWindow,
              Late: deliveryWindows.late,
            }))}
            dataKey="day"
            type="stacked"
            series={[
              { name: 'In the window', color: 'teal.7' },
              { name: 'Early', color: 'indigo.5' },
              { name: 'Late', color: 'red.7' },
            ]}
            withLegend
            legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
            yAxisProps={{ allowDecimals: false }}
          />
        </Chart>
        <Chart
          question="How does each channel perform?"
          answer={
            busy.map(({ channel, orders }) => `${words(channel)} ${count(orders)}`).join(' · ') ||
            'No orders.'
          }
          isEmpty={busy.length === 0}
        >
          <ChannelTable channels={busy} colors={CHANNEL_COLORS} />
        </Chart>
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        Days are the days of reception, in UTC; later events of an order count for its day. Current states and
        backorders are of all orders.
      </Text>
    </>
  );
}
