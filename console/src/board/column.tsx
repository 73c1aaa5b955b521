import { Loader, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import type { BoardResponse, OrderSummary } from '../../../contract/responses.ts';
import { MOVES } from '../../../domain/order/lifecycle.ts';
import { api, type Page } from '../api.ts';
import { count, money } from '../format.ts';
import { Card } from './card.tsx';
import { columnName, type Move } from './moves.ts';

type BoardColumn = BoardResponse['columns'][number];

/** Poll interval of a column with loaded pages, in milliseconds for each page. */
const POLL_INTERVAL = 3_000;
const PAGE = 100;
/** Number of cards before the end at which the next page is loaded. */
const PREFETCH = 15;

interface Props {
  readonly column: BoardColumn;
  /** The API query for the filters of the board. */
  readonly query: string;
  readonly dragged: OrderSummary | null;
  readonly onDrag: (order: OrderSummary | null) => void;
  readonly onDrop: (order: OrderSummary) => void;
  readonly onMove: (move: Move) => void;
}

/** All orders of one state: the newest come with the board, older ones load on scroll. */
export function Column({ column, query, dragged, onDrag, onDrop, onMove }: Props) {
  const { state } = column;
  const scrolls = useRef<HTMLDivElement>(null);
  const [isExpanded, setExpanded] = useState(false);
  const older = useInfiniteQuery({
    queryKey: ['column', state, query],
    queryFn: ({ pageParam }) =>
      api<Page<OrderSummary>>(
        `/v1/orders?state=${state}&limit=${PAGE}${query && `&${query}`}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isExpanded && column.nextCursor !== undefined,
    refetchInterval: ({ state: known }) => POLL_INTERVAL * Math.max(1, known.data?.pages.length ?? 1),
  });
  const orders = mergePages(column, older.data?.pages ?? []);
  const hasMore = column.nextCursor !== undefined && (older.data === undefined || older.hasNextPage);
  const rows = useVirtualizer({
    count: orders.length,
    getScrollElement: () => scrolls.current,
    estimateSize: () => 88,
    overscan: 6,
    getItemKey: (index) => orders[index]?.orderId ?? index,
  });
  const items = rows.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= orders.length - PREFETCH;
  const { fetchNextPage, isFetching, isError } = older;
  useEffect(() => {
    if (!hasMore || !isNearEnd || isFetching || isError) return;
    if (isExpanded) void fetchNextPage();
    else if ((scrolls.current?.scrollTop ?? 0) > 0 || orders.length === 0) setExpanded(true);
  }, [hasMore, isNearEnd, isFetching, isError, isExpanded, fetchNextPage, orders.length]);
  const drop = useDrop(dragged, state, onDrop);
  return (
    <section
      className="column"
      aria-label={columnName(state)}
      data-empty={(orders.length === 0 && !hasMore) || undefined}
      data-drop={dragged === null ? undefined : drop.isLegal ? 'legal' : 'illegal'}
      data-over={drop.isOver || undefined}
      {...drop.handlers}
    >
      <h2 className="column-name">
        {columnName(state)} <span>({howMany(column)})</span>
      </h2>
      <Text size="xs" c="dimmed" mb={6} truncate>
        {column.value.map(({ amount, currency }) => money(amount, currency)).join(' · ') || '—'}
      </Text>
      <div ref={scrolls} className="cards" tabIndex={-1} onScroll={() => setExpanded(true)}>
        {orders.length === 0 && !hasMore && (
          <Text size="sm" c="dimmed">
            No orders
          </Text>
        )}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map((row) => (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              style={{ position: 'absolute', insetInline: 0, transform: `translateY(${row.start}px)` }}
            >
              <Card
                order={orders[row.index] as OrderSummary}
                place={row.index}
                onMove={onMove}
                onDrag={onDrag}
              />
            </div>
          ))}
        </div>
        {hasMore && isExpanded && (
          <Text size="xs" c="dimmed" ta="center" py={6} role="status">
            {isError ? (
              'Older orders cannot be loaded now.'
            ) : (
              <Loader size={14} aria-label="Loading older orders" />
            )}
          </Text>
        )}
      </div>
    </section>
  );
}

function howMany({ count: all, isAtLeast }: BoardColumn): string {
  return isAtLeast ? `${count(all)}+` : count(all);
}

/** Merges the board's cards, which are the freshest, with the loaded pages below them. */
function mergePages(
  { orders, nextCursor }: BoardColumn,
  pages: readonly Page<OrderSummary>[],
): readonly OrderSummary[] {
  const last = orders.at(-1);
  if (nextCursor === undefined || pages.length === 0) return orders;
  const older = pages.flatMap(({ items }) => items);
  return last === undefined ? older : [...orders, ...older.filter((order) => isOlder(order, last))];
}

function isOlder(one: OrderSummary, other: OrderSummary): boolean {
  if (one.receivedAt !== other.receivedAt) return one.receivedAt < other.receivedAt;
  return one.orderId < other.orderId;
}

/** Drag and drop of a card on a column. */
function useDrop(dragged: OrderSummary | null, state: BoardColumn['state'], onDrop: Props['onDrop']) {
  const [isOver, setOver] = useState(false);
  const isLegal = dragged !== null && (dragged.state === state || MOVES[dragged.state].includes(state));
  const handlers = {
    // Every drop is accepted: one that the lifecycle does not allow is answered with the reason.
    onDragOver: (event: DragEvent) => {
      if (dragged === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (dragged !== null && dragged.state !== state) onDrop(dragged);
    },
  };
  return { isOver, isLegal, handlers };
}
