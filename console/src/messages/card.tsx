import { Anchor, Badge, Button, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type {
  InboundMessageResponse,
  InboundMessageWithBody,
  MessageState,
} from '../../../contract/inbound-messages.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment, words } from '../format.ts';

const COLORS: Readonly<Record<MessageState, string>> = {
  RECEIVED: 'blue',
  PROCESSED: 'teal',
  QUARANTINED: 'orange',
  REJECTED: 'red',
  DISMISSED: 'gray',
};

/** One message of a channel or carrier: what it was, what became of it, and its body; an open one can be decided. */
export function MessageCard({ message }: { readonly message: InboundMessageResponse }) {
  const { messageId, channel, source, topic, reason, detail, receivedAt, state, attempts } = message;
  const path = `/v1/inbound-messages/${encodeURIComponent(messageId)}`;
  const act = useAct();
  const [isOpen, setOpen] = useState(false);
  const [why, setWhy] = useState<string | null>(null);
  const isUndecided = state !== 'PROCESSED' && state !== 'DISMISSED';
  const retry = async () => {
    const after = await api<InboundMessageResponse>(`${path}/retry`, { method: 'POST', body: {} });
    if (after.state !== 'PROCESSED') {
      throw new Error(
        `The message is still ${after.state.toLowerCase()}: ${after.reason ?? 'retry it later'}`,
      );
    }
  };
  return (
    <Paper withBorder p="sm" component="article" aria-label={`${words(channel)} ${topic}`}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Group gap={6}>
            <Text size="sm" fw={600}>
              {words(channel)} · {topic}
            </Text>
            <Badge variant="light" color={COLORS[state]}>
              {words(state)}
            </Badge>
            <Badge variant="default" tt="none">
              {source}
            </Badge>
          </Group>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {reason ?? detail}
          </Text>
          <Text size="xs" c="dimmed">
            {moment(receivedAt)}
            {attempts > 0 && ` · retried ${attempts === 1 ? 'once' : `${attempts} times`}`}
          </Text>
          <Orders orderIds={message.orderIds} />
          <Decision message={message} />
        </div>
        <Group gap={6}>
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} body
          </Button>
          {isUndecided && (
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
      {why !== null && isUndecided && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: 'The message is dismissed.',
              act: () => api(`${path}/dismissal`, { method: 'POST', body: { reason: why.trim() } }),
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
      {isOpen && <Opened path={path} />}
    </Paper>
  );
}

function Orders({ orderIds }: { readonly orderIds: readonly string[] }) {
  return (
    <Text size="xs">
      {orderIds.map((orderId) => (
        <Anchor key={orderId} component={Link} inherit mr="xs" href={`/orders/${orderId}`}>
          {orderId}
        </Anchor>
      ))}
    </Text>
  );
}

function Decision({ message }: { readonly message: InboundMessageResponse }) {
  const { decidedBy, decidedAt, note } = message;
  if (decidedBy === undefined || decidedAt === undefined) return null;
  return (
    <Text size="xs" c="dimmed">
      by {decidedBy} {moment(decidedAt)}
      {note && `: ${note}`}
    </Text>
  );
}

function Opened({ path }: { readonly path: string }) {
  const sent = useQuery({
    queryKey: ['inbound-message', path],
    queryFn: () => api<InboundMessageWithBody>(path),
  });
  return (
    <Loaded query={sent}>
      {({ body, account = [] }) => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
          <section className="sent" tabIndex={0} aria-label="Message body">
            <pre className="payload">{body ?? '(no longer stored)'}</pre>
          </section>
          {account.length > 0 && <Account entries={account} />}
        </>
      )}
    </Loaded>
  );
}

function Account({ entries }: { readonly entries: NonNullable<InboundMessageResponse['account']> }) {
  return (
    <details>
      <summary>What became of each element ({entries.length})</summary>
      <WideTable label="What became of each element" minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            {['Element', 'What became of it', 'Times'].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map(({ element, disposition, detail, count }) => (
            <Table.Tr key={`${element} ${disposition} ${detail}`}>
              <Table.Td>{element}</Table.Td>
              <Table.Td>
                {words(disposition)}: {detail}
              </Table.Td>
              <Table.Td>{count}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </details>
  );
}
