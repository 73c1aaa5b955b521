import { ActionIcon, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OrderSummary } from '../../../contract/responses.ts';
import { Badges } from '../components/badges.tsx';
import { daysUntil, shortMoney, shortPeriod, words } from '../format.ts';
import { columnName, type Move, movesOf } from './moves.ts';

interface Props {
  readonly order: OrderSummary;
  readonly place: number;
  readonly onMove: (move: Move) => void;
  readonly onDrag: (order: OrderSummary | null) => void;
}

/** An order on the board: what it is and what it needs; it can be opened, dragged, or moved by its menu. */
export function Card({ order, place, onMove, onDrag }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { orderId, channel, orderType, total, currency, customer } = order;
  const moves = movesOf(order);
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

/** The days on which the customer expects the goods, and how many of them are left while that matters. */
function Window({
  order,
  window,
}: {
  readonly order: OrderSummary;
  readonly window: { start: string; end: string };
}) {
  const left = daysUntil(window.end);
  const isUnderWay = !['DELIVERED', 'CLOSED', 'CANCELLED'].includes(order.state);
  return (
    <Text size="xs" c="dimmed" span display="block">
      {shortPeriod(window.start, window.end)}
      {isUnderWay &&
        (left < 0
          ? ' · over'
          : left === 0
            ? ' · last day'
            : ` · ${left} ${left === 1 ? 'day' : 'days'} left`)}
    </Text>
  );
}
