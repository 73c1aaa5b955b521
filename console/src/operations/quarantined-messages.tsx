import { Anchor, Badge, Button, Group, Paper, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type {
  QuarantinedMessage,
  QuarantinedMessageWithBody,
  QuarantineStatus,
} from '../../../contract/quarantined-messages.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { moment, words } from '../format.ts';

const STATUSES: readonly {
  readonly value: QuarantineStatus;
  readonly label: string;
  readonly none: string;
}[] = [
  { value: 'WAITING', label: 'Waiting', none: 'No message is quarantined.' },
  { value: 'TAKEN_IN', label: 'Processed', none: 'No message was processed by a retry.' },
  { value: 'DISMISSED', label: 'Dismissed', none: 'No message was dismissed.' },
];

/** Quarantined messages with reason, body, retry and dismissal. */
export function QuarantinedMessages() {
  const [status, setStatus] = useState<QuarantineStatus>('WAITING');
  const messages = useInfiniteQuery({
    queryKey: ['kept-messages', status],
    queryFn: ({ pageParam }) =>
      api<Page<QuarantinedMessage>>(`/v1/operations/kept-messages?status=${status}${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) =>
      nextCursor === undefined ? null : `&cursor=${encodeURIComponent(nextCursor)}`,
    refetchInterval: 10_000,
  });
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Status"
        size="xs"
        data={STATUSES.map(({ value, label }) => ({ value, label }))}
        value={status}
        onChange={(value) => setStatus(value as QuarantineStatus)}
        style={{ alignSelf: 'flex-start' }}
      />
      <Loaded query={messages}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return <Nothing>{STATUSES.find(({ value }) => value === status)?.none}</Nothing>;
          }
          return items.map((message) => <MessageCard key={message.keptMessageId} message={message} />);
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

function MessageCard({ message }: { readonly message: QuarantinedMessage }) {
  const { keptMessageId, channel, source, topic, reason, receivedAt, status, tries } = message;
  const path = `/v1/operations/kept-messages/${encodeURIComponent(keptMessageId)}`;
  const act = useAct();
  const [isOpen, setOpen] = useState(false);
  const [why, setWhy] = useState<string | null>(null);
  const retry = async () => {
    const after = await api<QuarantinedMessage>(`${path}/retry`, { method: 'POST', body: {} });
    if (after.status === 'WAITING') throw new Error(`The message is still quarantined: ${after.reason}`);
  };
  return (
    <Paper withBorder p="sm" component="article" aria-label={`${words(channel)} ${topic}`}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Group gap={6}>
            <Text size="sm" fw={600}>
              {words(channel)} · {topic}
            </Text>
            {source && (
              <Badge variant="light" tt="none">
                {source}
              </Badge>
            )}
          </Group>
          <Text size="sm">{reason}</Text>
          <Text size="xs" c="dimmed">
            {moment(receivedAt)}
            {tries > 0 && ` · retried ${tries === 1 ? 'once' : `${tries} times`}`}
          </Text>
          <Decision message={message} />
        </div>
        <Group gap={6}>
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} body
          </Button>
          {status === 'WAITING' && (
            <>
              <Button
                size="xs"
                loading={act.isPending}
                onClick={() => act.mutate({ done: 'The message is processed.', act: retry })}
              >
                Retry
              </Button>
              <Button size="xs" variant="default" onClick={() => setWhy(why === null ? '' : null)}>
                Dismiss
              </Button>
            </>
          )}
        </Group>
      </Group>
      {why !== null && status === 'WAITING' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: 'The message is dismissed.',
              act: () => api(`${path}/dismiss`, { method: 'POST', body: { reason: why.trim() } }),
            });
          }}
        >
          <Group align="flex-end" gap={6} mt="xs">
            <TextInput
              label="Reason"
              required
              maxLength={500}
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
              flex={1}
              miw={200}
            />
            <Button type="submit" loading={act.isPending}>
              Dismiss message
            </Button>
          </Group>
        </form>
      )}
      {isOpen && <Body path={path} />}
    </Paper>
  );
}

function Decision({ message }: { readonly message: QuarantinedMessage }) {
  const { decidedBy, decidedAt, note, orderIds = [] } = message;
  if (decidedBy === undefined || decidedAt === undefined) return null;
  return (
    <Text size="xs" c="dimmed">
      by {decidedBy} {moment(decidedAt)}
      {note && `: ${note}`}{' '}
      {orderIds.map((orderId) => (
        <Anchor key={orderId} component={Link} size="xs" href={`/orders/${orderId}`}>
          {orderId}{' '}
        </Anchor>
      ))}
    </Text>
  );
}

function Body({ path }: { readonly path: string }) {
  const sent = useQuery({
    queryKey: ['kept-message', path],
    queryFn: () => api<QuarantinedMessageWithBody>(path),
  });
  return (
    <Loaded query={sent}>
      {({ body, bodyIsCutOff }) => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
          <section className="sent" tabIndex={0} aria-label="Message body">
            <pre className="payload">{body === '' ? '(empty)' : body}</pre>
          </section>
          {bodyIsCutOff && (
            <Text size="xs" c="dimmed">
              The message was too large; only its beginning was stored.
            </Text>
          )}
        </>
      )}
    </Loaded>
  );
}
