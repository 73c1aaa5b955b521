import { Button, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { InboundMessageResponse } from '../../../contract/inbound-messages.ts';
import { api, type Page } from '../api.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { MessageCard } from './card.tsx';

/**
 * Messages of the log, the newest first, page after page.
 *
 * @param query which ones, as the API takes it
 */
export function MessageList({ query, none }: { readonly query: string; readonly none: string }) {
  const messages = useInfiniteQuery({
    queryKey: ['inbound-messages', query],
    queryFn: ({ pageParam }) =>
      api<Page<InboundMessageResponse>>(`/v1/inbound-messages?limit=25&${query}${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === undefined ? null : `&cursor=${encodeURIComponent(nextCursor)}`,
    refetchInterval: 10_000,
  });
  return (
    <Stack gap="sm">
      <Loaded query={messages}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Nothing>{none}</Nothing>;
          return items.map((message) => <MessageCard key={message.messageId} message={message} />);
        }}
      </Loaded>
      {messages.hasNextPage && (
        <Button
          variant="default"
          loading={messages.isFetchingNextPage}
          onClick={() => void messages.fetchNextPage()}
        >
          Older messages
        </Button>
      )}
    </Stack>
  );
}
