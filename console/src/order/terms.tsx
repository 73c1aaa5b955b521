import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { OrderResponse } from '../../../contract/responses.ts';
import { hasReached, isFinal } from '../../../domain/order/lifecycle.ts';
import { count, day, daysUntil, words } from '../format.ts';
import { addressWords } from './event-sentences.ts';

/** The terms of the order: purchase order, payment, window and cases for wholesale, and the address. */
export function Terms({ order }: { readonly order: OrderResponse }) {
  const facts = order.orderType === 'B2B' ? [...wholesale(order), ...common(order)] : common(order);
  if (facts.length === 0) return null;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Terms">
      <SimpleGrid
        cols={{ base: 2, md: order.orderType === 'B2B' ? 3 : 2, lg: 5 }}
        component="dl"
        m={0}
        verticalSpacing="xs"
      >
        {facts.map(({ name, value, more }) => (
          <div key={name}>
            <Text size="xs" c="dimmed" component="dt">
              {name}
            </Text>
            <Text size="sm" fw={600} component="dd" m={0}>
              {value}
            </Text>
            {more !== undefined && (
              <Text size="xs" component="dd" m={0} c={more.isUrgent ? 'red' : 'dimmed'}>
                {more.text}
              </Text>
            )}
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly more?: { readonly text: string; readonly isUrgent: boolean } | undefined;
}

function wholesale({
  purchaseOrderNumber,
  releaseNumber,
  paymentTerms,
  cashDiscount,
  deliveryWindow,
  cases,
  pallets,
  state,
}: OrderResponse): readonly Fact[] {
  return [
    {
      name: 'Buyer PO',
      value: purchaseOrderNumber ?? '—',
      more: releaseNumber === undefined ? undefined : { text: `Release ${releaseNumber}`, isUrgent: false },
    },
    {
      name: 'Payment terms',
      value: termsWords(paymentTerms),
      more: cashDiscount && {
        text: `${cashDiscount.percent}% within ${cashDiscount.days} days`,
        isUrgent: false,
      },
    },
    {
      name: 'Delivery window',
      value: deliveryWindow === undefined ? '—' : `${day(deliveryWindow.start)} – ${day(deliveryWindow.end)}`,
      more: deliveryWindow === undefined ? undefined : daysLeft(deliveryWindow.end, state),
    },
    {
      name: 'Case packs',
      value: cases === undefined ? '—' : `${count(cases)} cases`,
      more: pallets
        ? { text: `${count(pallets)} ${pallets === 1 ? 'pallet' : 'pallets'}`, isUrgent: false }
        : undefined,
    },
  ];
}

function common({ shipTo, note, backorderPolicy, ...dates }: OrderResponse): readonly Fact[] {
  return [
    ...(
      [
        ['Ship not before', dates.shipNotBefore],
        ['Ship by', dates.shipNotAfter],
        ['Cancel after', dates.cancelAfter],
      ] as const
    ).flatMap(([name, date]) => (date === undefined ? [] : [{ name, value: day(date) }])),
    ...(shipTo === undefined ? [] : [{ name: 'Ship to', value: addressWords(shipTo) }]),
    ...(backorderPolicy === 'SHIP_PARTIAL'
      ? []
      : [{ name: 'When stock is short', value: words(backorderPolicy) }]),
    ...(note === undefined ? [] : [{ name: 'Note', value: note }]),
  ];
}

/** @returns payment terms for people: NET30 becomes "Net 30". */
function termsWords(terms: string | undefined): string {
  if (terms === undefined) return '—';
  return terms.startsWith('NET') ? `Net ${terms.slice(3)}` : words(terms);
}

function daysLeft(end: string, state: OrderResponse['state']): Fact['more'] {
  if (isFinal(state) || hasReached(state, 'DELIVERED')) return undefined;
  const left = daysUntil(end);
  if (left < 0) return { text: `ended ${-left} ${left === -1 ? 'day' : 'days'} ago`, isUrgent: true };
  return {
    text: left === 0 ? 'last day' : `${left} ${left === 1 ? 'day' : 'days'} left`,
    isUrgent: left <= 2,
  };
}
