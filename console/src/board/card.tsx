import { ActionIcon, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OrderSummary } from '../../../contract/responses.ts';
import { hasReached, isFinal } from '../../../domain/order/lifecycle.ts';
import { Badges } from '../components/badges.tsx';
import { daysUntil, shortMoney, shortPeriod, words } from '../format.ts';
import { useMay } from '../session.ts';
import { columnName, type Move, movesOf } from './moves.ts';

interface Props {
  readonly order: OrderSummary;
  readonly place: number;
  readonly onMove: (move: Move) => void;
  readonly onDrag: (order: OrderSummary | null) => void;
}

/** An order on the board, to open, to drag, or to move by its menu. */
export function Card({ order, place, onMove, onDrag }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { orderId, channel, orderType, total, currency, customer } = order;
  const may = useMay();
  const moves = may('orders/write') ? movesOf(order) : [];
  return (
    <article
      className="card"
      aria-label={orderId}
      draggable={moves.length > 0}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', orderId);
        event.dataTransfer.effectAllowed = 'move';
        onDrag(order);
      }}
      onDragEnd={() => onDrag(null)}
      onKeyDown={(event) => {
        if (event.key === 'm' && moves.length > 0) setOpen(true);
      }}
    >
      <Link className="card-link" href={`/orders/${orderId}`} draggable={false} data-card={place}>
        <span className="card-number">{orderId}</span>
        <Text size="sm" span display="block">
          {channel === 'MANUAL' ? orderType : words(channel)}
          {channel !== 'MANUAL' && orderType === 'B2B' ? ' · B2B' : ''} · {shortMoney(total, currency)}
        </Text>
        {orderType === 'B2B' && (
          <Text size="xs" c="dimmed" span display="block" truncate>
            {customer.name}
          </Text>
        )}
        {order.deliveryWindow !== undefined && <Window order={order} window={order.deliveryWindow} />}
        <Badges order={order} />
      </Link>
      {moves.length > 0 && (
        <Menu opened={isOpen} onChange={setOpen} position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon
              className="card-menu"
              variant="subtle"
              color="gray"
              size={26}
              aria-label={`Move ${orderId}`}
            >
              ⋯
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {moves.map((move) => (
              <Menu.Item key={move.to} title={`to ${columnName(move.to)}`} onClick={() => onMove(move)}>
                {move.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </article>
  );
}

/** The delivery window, and the days left while the order is in progress. */
function Window({
  order,
  window,
}: {
  readonly order: OrderSummary;
  readonly window: { start: string; end: string };
}) {
  const left = daysUntil(window.end);
  const isInProgress = !isFinal(order.state) && !hasReached(order.state, 'DELIVERED');
  return (
    <Text size="xs" c="dimmed" span display="block">
      {shortPeriod(window.start, window.end)}
      {isInProgress &&
        (left < 0
          ? ' · over'
          : left === 0
            ? ' · last day'
            : ` · ${left} ${left === 1 ? 'day' : 'days'} left`)}
    </Text>
  );
}
