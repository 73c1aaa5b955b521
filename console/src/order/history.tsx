import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderEvent } from '../../../domain/order/events.ts';
import { api, type Page } from '../api.ts';
import { Loaded } from '../components/states.tsx';
import { eventWords, moment, words } from '../format.ts';
import type { ActionProps } from './dialog.tsx';
import { sentenceOf } from './event-sentences.ts';

type HistoryEvent = OrderEvent & {
  readonly eventId: string;
  readonly sequence: number;
  readonly occurredAt: string;
  readonly channel?: OrderResponse['channel'];
  readonly actor: { readonly type: string; readonly id: string; readonly approvedBy?: string };
};

const PAGE = 200;

/** The history of the order in sentences, including refused commands. */
export function History({ order, path }: ActionProps) {
  const history = useInfiniteQuery({
    queryKey: ['history', path, order.version],
    queryFn: ({ pageParam }) =>
      api<Page<HistoryEvent>>(
        `${path}/events?limit=${PAGE}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // A refused command adds an event without a new version.
    refetchInterval: 3_000,
    placeholderData: (before) => before,
  });
  return (
    <Loaded query={history}>
      {({ pages }) => (
        <>
          <ol className="timeline">
            {pages.flatMap(({ items }) =>
              items.map((event) => <Entry key={event.eventId} event={event} order={order} />),
            )}
          </ol>
          {history.hasNextPage && (
            <Button
              size="xs"
              variant="default"
              loading={history.isFetchingNextPage}
              onClick={() => void history.fetchNextPage()}
            >
              Load more
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function Entry({ event, order }: { readonly event: HistoryEvent; readonly order: OrderResponse }) {
  const sentence = sentenceOf(event, order.currency);
  const isRejection = event.type === 'TransitionRejected';
  return (
    <li className="timeline-entry" data-rejected={isRejection || undefined}>
      <Group justify="space-between" gap="xs" wrap="wrap">
        <Text size="sm" fw={600}>
          {event.sequence}. {isRejection ? 'Refused' : eventWords(event.type)}
        </Text>
        <Text size="xs" c="dimmed">
          <time dateTime={event.occurredAt}>{moment(event.occurredAt)}</time> · {whoWords(event.actor)} ·{' '}
          {words(event.channel ?? order.channel)}
        </Text>
      </Group>
      {sentence !== null && <Text size="sm">{sentence}</Text>}
      <details>
        <summary>
          <Text size="xs" span c="dimmed">
            Data
          </Text>
        </summary>
        <pre className="payload">{JSON.stringify(event.data, null, 2)}</pre>
      </details>
    </li>
  );
}

const ACTORS: Readonly<Record<string, string>> = {
  human: 'Person',
  automation: 'Automation',
  'ai-agent': 'AI agent',
  channel: 'Channel',
};

function whoWords({ type, id, approvedBy }: HistoryEvent['actor']): string {
  const who = `${ACTORS[type] ?? words(type)} ${id}`;
  return approvedBy === undefined ? who : `${who}, approved by ${approvedBy}`;
}
