import { Alert, Badge, Button, Code, CopyButton, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Subscription } from '../../../contract/subscriptions.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { eventWords, moment } from '../format.ts';
import { DispatchLog } from './deliveries.tsx';
import { Subscribe } from './subscribe.tsx';

/** Who is told of events by HTTP, how that goes, and a way to add somebody. */
export function Subscriptions() {
  const [told, setTold] = useState<{ readonly url: string; readonly secret: string } | null>(null);
  const subscriptions = useQuery({
    queryKey: ['subscriptions'],
    queryFn: () => api<Page<Subscription>>('/v1/subscriptions'),
    refetchInterval: 5_000,
  });
  return (
    <Stack gap="sm">
      <Subscribe onSecret={setTold} />
      {told !== null && <Secret told={told} onClose={() => setTold(null)} />}
      <Loaded query={subscriptions}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>Nobody has subscribed to events yet.</Nothing>
          ) : (
            items.map((subscription) => (
              <Subscriber key={subscription.subscriptionId} subscription={subscription} onSecret={setTold} />
            ))
          )
        }
      </Loaded>
    </Stack>
  );
}

/** The one time that a secret is told. */
function Secret({
  told,
  onClose,
}: {
  readonly told: { readonly url: string; readonly secret: string };
  readonly onClose: () => void;
}) {
  return (
    <Alert
      title="The secret is told this once"
      color="orange"
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Text size="sm">With it {told.url} verifies what is delivered.</Text>
      <Group gap="xs" mt={6}>
        <Code style={{ overflowWrap: 'anywhere' }}>{told.secret}</Code>
        <CopyButton value={told.secret}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}

interface SubscriberProps {
  readonly subscription: Subscription;
  readonly onSecret: (told: { readonly url: string; readonly secret: string }) => void;
}

function Subscriber({ subscription, onSecret }: SubscriberProps) {
  const { subscriptionId, url, types, description, status, note, failingSince } = subscription;
  const path = `/v1/subscriptions/${encodeURIComponent(subscriptionId)}`;
  const act = useAct();
  const [isOpen, setOpen] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const isActive = status === 'ACTIVE';
  const switchTo = (next: Subscription['status'], done: string) =>
    act.mutate({ done, act: () => api(path, { method: 'PATCH', body: { status: next } }) });
  return (
    <Paper withBorder p="sm" component="article" aria-label={url}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Group gap={6}>
            <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {url}
            </Text>
            <Badge variant="light" color={isActive ? 'teal' : 'gray'}>
              {isActive ? 'On' : 'Off'}
            </Badge>
          </Group>
          {description && <Text size="sm">{description}</Text>}
          <Text size="xs" c="dimmed">
            {types.includes('*') ? 'Every event' : types.map(eventWords).join(', ')}
          </Text>
          {failingSince && (
            <Text size="xs" c="red">
              Nothing has been delivered since {moment(failingSince)}.
            </Text>
          )}
          {note && <Text size="xs">{note}</Text>}
        </div>
        <Group gap={6}>
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} deliveries
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={act.isPending}
            onClick={() =>
              isActive
                ? switchTo('DISABLED', `${url} is told nothing more.`)
                : switchTo('ACTIVE', `${url} is told of events again.`)
            }
          >
            Switch {isActive ? 'off' : 'on'}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              act.mutate({
                done: 'The secret is another one; the one before signs for a day besides.',
                act: async () => {
                  const { secret } = await api<{ secret: string }>(`${path}/secret`, {
                    method: 'POST',
                    body: {},
                  });
                  onSecret({ url, secret });
                },
              })
            }
          >
            New secret
          </Button>
          <Button size="xs" variant="outline" color="red" onClick={() => setLeaving(!isLeaving)}>
            Remove
          </Button>
        </Group>
      </Group>
      {isLeaving && (
        <Group gap="xs" mt="xs">
          <Text size="sm">It is told of nothing more, and what was delivered to it is forgotten.</Text>
          <Button
            size="xs"
            color="red"
            onClick={() =>
              act.mutate({ done: `${url} is removed.`, act: () => api(path, { method: 'DELETE' }) })
            }
          >
            Remove it
          </Button>
        </Group>
      )}
      {isOpen && <DispatchLog path={path} isActive={isActive} />}
    </Paper>
  );
}
