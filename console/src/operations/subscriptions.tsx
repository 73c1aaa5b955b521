import { Alert, Badge, Button, Code, CopyButton, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Subscription } from '../../../contract/subscriptions.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { eventWords, moment } from '../format.ts';
import { Deliveries } from './deliveries.tsx';
import { Subscribe } from './subscribe.tsx';

/** Webhook subscriptions: status, deliveries, and a form for a new one. */
export function Subscriptions() {
  const [created, setCreated] = useState<{ readonly url: string; readonly secret: string } | null>(null);
  const subscriptions = useQuery({
    queryKey: ['subscriptions'],
    queryFn: () => api<Page<Subscription>>('/v1/subscriptions'),
    refetchInterval: 5_000,
  });
  return (
    <Stack gap="sm">
      <Subscribe onSecret={setCreated} />
      {created !== null && <Secret created={created} onClose={() => setCreated(null)} />}
      <Loaded query={subscriptions}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>There are no subscriptions yet.</Nothing>
          ) : (
            items.map((subscription) => (
              <Subscriber
                key={subscription.subscriptionId}
                subscription={subscription}
                onSecret={setCreated}
              />
            ))
          )
        }
      </Loaded>
    </Stack>
  );
}

/** Shows a new secret, once. */
function Secret({
  created,
  onClose,
}: {
  readonly created: { readonly url: string; readonly secret: string };
  readonly onClose: () => void;
}) {
  return (
    <Alert
      title="The secret is shown only once"
      color="orange"
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Text size="sm">{created.url} verifies deliveries with it.</Text>
      <Group gap="xs" mt={6}>
        <Code style={{ overflowWrap: 'anywhere' }}>{created.secret}</Code>
        <CopyButton value={created.secret}>
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
  readonly onSecret: (created: { readonly url: string; readonly secret: string }) => void;
}

function Subscriber({ subscription, onSecret }: SubscriberProps) {
  const { subscriptionId, url, types, description, status, note, failingSince } = subscription;
  const path = `/v1/subscriptions/${encodeURIComponent(subscriptionId)}`;
  const act = useAct();
  const [isOpen, setOpen] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
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
              {isActive ? 'Active' : 'Disabled'}
            </Badge>
          </Group>
          {description && <Text size="sm">{description}</Text>}
          <Text size="xs" c="dimmed">
            {types.includes('*') ? 'All events' : types.map(eventWords).join(', ')}
          </Text>
          {failingSince && (
            <Text size="xs" c="red">
              No delivery has succeeded since {moment(failingSince)}.
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
                ? switchTo('DISABLED', `${url} is disabled.`)
                : switchTo('ACTIVE', `${url} is enabled.`)
            }
          >
            {isActive ? 'Disable' : 'Enable'}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              act.mutate({
                done: 'The secret is rotated; the previous one also signs for a day.',
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
            Rotate secret
          </Button>
          <Button size="xs" variant="outline" color="red" onClick={() => setRemoving(!isRemoving)}>
            Remove
          </Button>
        </Group>
      </Group>
      {isRemoving && (
        <Group gap="xs" mt="xs">
          <Text size="sm">It receives no more events, and its deliveries are deleted.</Text>
          <Button
            size="xs"
            color="red"
            onClick={() =>
              act.mutate({ done: `${url} is removed.`, act: () => api(path, { method: 'DELETE' }) })
            }
          >
            Remove subscription
          </Button>
        </Group>
      )}
      {isOpen && <Deliveries path={path} isActive={isActive} />}
    </Paper>
  );
}
