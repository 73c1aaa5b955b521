import { Group, Select, Stack } from '@mantine/core';
import { useSearchParams } from 'wouter';
import type { MessageChannel, MessageState } from '../../../contract/inbound-messages.ts';
import { CHANNEL_LABELS } from '../../../domain/order/channels.ts';
import { words } from '../format.ts';
import { MessageList } from '../messages/list.tsx';

const NONE: Readonly<Record<MessageState, string>> = {
  QUARANTINED: 'No message is quarantined.',
  RECEIVED: 'Every message that was received has been processed.',
  PROCESSED: 'No message was processed.',
  REJECTED: 'No message was rejected.',
  DISMISSED: 'No message was dismissed.',
};

const CHANNELS: Readonly<Record<MessageChannel, string>> = { ...CHANNEL_LABELS, CARRIER: 'Carriers' };

/** The log of messages of channels and carriers; the URL holds the filters. */
export function Messages() {
  const [given, setGiven] = useSearchParams();
  const state = Object.keys(NONE).find((name) => name === given.get('state')) ?? 'QUARANTINED';
  const channel = Object.keys(CHANNELS).find((name) => name === given.get('channel')) ?? null;
  const set = (name: string, value: string | null) =>
    setGiven(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Select
          label="State"
          size="xs"
          allowDeselect={false}
          data={Object.keys(NONE).map((value) => ({ value, label: words(value) }))}
          value={state}
          onChange={(value) => set('state', value)}
        />
        <Select
          label="Channel"
          size="xs"
          clearable
          placeholder="All"
          data={Object.entries(CHANNELS).map(([value, label]) => ({ value, label }))}
          value={channel}
          onChange={(value) => set('channel', value)}
        />
      </Group>
      <MessageList
        query={new URLSearchParams({ state, ...(channel !== null && { channel }) }).toString()}
        none={NONE[state as MessageState]}
      />
    </Stack>
  );
}
