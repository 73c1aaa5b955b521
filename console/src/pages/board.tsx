import { Group, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { BoardResponse, OrderSummary } from '../../../contract/responses.ts';
import type { OrderState } from '../../../domain/order/lifecycle.ts';
import { api } from '../api.ts';
import { followArrows } from '../board/arrows.ts';
import { Column } from '../board/column.tsx';
import { FilterBar } from '../board/filter-bar.tsx';
import { useFilters } from '../board/filters.ts';
import { Find, Found } from '../board/find.tsx';
import { type Move, movesOf, whyNot } from '../board/moves.ts';
import { useAct } from '../components/act.tsx';
import { Loaded } from '../components/states.tsx';

/** Poll interval of the board while it is visible, in milliseconds. */
const POLL_INTERVAL = 2_000;
/** Cards of a column that the board request returns; the column loads the rest. */
const FIRST_CARDS = 30;

/** Every order by state; the URL holds the filters. */
export function BoardPage() {
  const filters = useFilters();
  const { query } = filters;
  const board = useQuery({
    queryKey: ['board', query],
    queryFn: () => api<BoardResponse>(`/v1/board?limit=${FIRST_CARDS}${query && `&${query}`}`),
    refetchInterval: POLL_INTERVAL,
    placeholderData: keepPreviousData,
  });
  const [dragged, setDragged] = useState<OrderSummary | null>(null);
  const make = useMove();
  const search = filters.of('search');
  const drop = (order: OrderSummary, to: OrderState) => {
    const move = movesOf(order).find((each) => each.to === to);
    if (move === undefined)
      notifications.show({ title: 'Not moved', message: whyNot(order, to), color: 'orange' });
    else make(move);
  };
  const cards = board.data?.columns.flatMap(({ orders }) => orders) ?? [];
  return (
    <div className="board-page">
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h3">
          Board
        </Title>
        <Find onFind={(text) => filters.set('search', text)} />
      </Group>
      {search !== '' && <Found search={search} onClose={() => filters.set('search', null)} />}
      <FilterBar
        filters={filters}
        customers={[...new Set(cards.map(({ customer }) => customer.name))].sort()}
      />
      <Loaded query={board}>
        {({ columns }) => (
          <section className="board" aria-label="Orders by state" onKeyDown={followArrows}>
            {columns.map((column) => (
              <Column
                // Loaded pages belong to one query.
                key={`${column.state} ${query}`}
                column={column}
                query={query}
                dragged={dragged}
                onDrag={setDragged}
                onDrop={(order) => drop(order, column.state)}
                onMove={make}
              />
            ))}
          </section>
        )}
      </Loaded>
    </div>
  );
}

/** Makes a move: at once, or on the order's page where it needs input. */
function useMove() {
  const act = useAct();
  const [, go] = useLocation();
  return (move: Move) => {
    if ('page' in move) go(move.page);
    else act.mutate(move);
  };
}
