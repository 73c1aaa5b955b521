import { Button, Group, MultiSelect, Paper, TextInput } from '@mantine/core';
import { useState } from 'react';
import { MEANINGS } from '../../../contract/events/meanings.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { eventWords } from '../format.ts';

const TYPES = Object.keys(MEANINGS).map((type) => ({ value: type, label: eventWords(type) }));

/** Subscribes a URL to events. */
export function Subscribe({
  onSecret,
}: {
  readonly onSecret: (created: { readonly url: string; readonly secret: string }) => void;
}) {
  const act = useAct();
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<string[]>([]);
  const [description, setDescription] = useState('');
  return (
    <Paper withBorder p="sm" component="section" aria-label="New subscription">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({
            done: `${url} is subscribed.`,
            act: async () => {
              const { secret } = await api<{ secret: string }>('/v1/subscriptions', {
                method: 'POST',
                body: {
                  url: url.trim(),
                  types: types.length === 0 ? ['*'] : types,
                  ...(description.trim() !== '' && { description: description.trim() }),
                },
              });
              onSecret({ url, secret });
              setUrl('');
              setTypes([]);
              setDescription('');
            },
          });
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label="URL"
            type="url"
            required
            placeholder="https://example.com/order-events"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            flex={2}
            miw={220}
          />
          <MultiSelect
            label="Events"
            placeholder={types.length === 0 ? 'all events' : ''}
            data={TYPES}
            value={types}
            onChange={setTypes}
            searchable
            clearable
            flex={2}
            miw={220}
          />
          <TextInput
            label="Description"
            maxLength={200}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            flex={1}
            miw={160}
          />
          <Button type="submit" loading={act.isPending}>
            Subscribe
          </Button>
        </Group>
      </form>
    </Paper>
  );
}
