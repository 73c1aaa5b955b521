import {
  Alert,
  Anchor,
  Button,
  Group,
  Modal,
  Paper,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Erasure } from '../../../contract/personal-data.ts';
import { CHANNEL_LABELS, CHANNELS } from '../../../domain/order/channels.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment } from '../format.ts';

/** Milliseconds between two looks at the progress. */
const REFRESH = 10_000;

/** Customers who are erased, and what each erasure still waits for. */
export function PersonalData() {
  const erasures = useQuery({
    queryKey: ['erasures'],
    queryFn: () => api<Page<Erasure>>('/v1/erasures?limit=100'),
    refetchInterval: REFRESH,
  });
  const items = erasures.data?.items ?? [];
  return (
    <Stack gap="sm">
      <Erase />
      {erasures.isError && (
        <Alert color="red" title="Cannot load the erasures">
          {erasures.error.message}
        </Alert>
      )}
      {erasures.isSuccess && items.length === 0 && <Nothing>Nobody asked to be erased.</Nothing>}
      {items.length > 0 && (
        <WideTable label="Erasures" minWidth={720}>
          <Table.Thead>
            <Table.Tr>
              {['Requested', 'By', 'State', 'Orders erased', 'Waits for'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((erasure) => (
              <Table.Tr key={erasure.erasureId}>
                <Table.Td>{moment(erasure.requestedAt)}</Table.Td>
                <Table.Td>{erasure.requestedBy}</Table.Td>
                <Table.Td>{erasure.ambiguous === undefined ? erasure.state : 'Not erased'}</Table.Td>
                <Table.Td>
                  {erasure.erased.orders ?? 0} of {erasure.orders}
                </Table.Td>
                <Table.Td>
                  {erasure.ambiguous === undefined ? (
                    <Waiting {...erasure.waitingFor} />
                  ) : (
                    `Customers of ${erasure.ambiguous.map(sourceOf).join(', ')} have this reference: say which one.`
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      )}
    </Stack>
  );
}

function sourceOf({ channel, source }: NonNullable<Erasure['ambiguous']>[number]): string {
  const label = CHANNELS.find((each) => each === channel);
  return [label === undefined ? channel : CHANNEL_LABELS[label], source].filter(Boolean).join(' ');
}

function Waiting({ orderIds, messageIds }: Erasure['waitingFor']) {
  if (orderIds.length + messageIds.length === 0) return '—';
  return (
    <Group gap="xs">
      {orderIds.map((orderId) => (
        <Anchor key={orderId} component={Link} href={`/orders/${orderId}`} size="sm">
          {orderId}
        </Anchor>
      ))}
      {messageIds.length > 0 && (
        <Anchor component={Link} href="/operations?show=messages" size="sm">
          {messageIds.length} quarantined {messageIds.length === 1 ? 'message' : 'messages'}
        </Anchor>
      )}
    </Group>
  );
}

/** Asks for an erasure, of whoever one of the two fields names. */
function Erase() {
  const act = useAct();
  const [email, setEmail] = useState('');
  const [reference, setReference] = useState('');
  const [channel, setChannel] = useState<string | null>(null);
  const [source, setSource] = useState('');
  const [isAsked, setAsked] = useState(false);
  const isOne = (email.trim() === '') !== (reference.trim() === '');
  const erase = () => {
    setAsked(false);
    act.mutate({
      done: 'The erasure is requested. Orders that are not closed or cancelled are waited for.',
      act: async () => {
        await api<Erasure>('/v1/erasures', {
          method: 'POST',
          body:
            email.trim() === ''
              ? {
                  customerReference: reference.trim(),
                  ...(channel !== null && { channel }),
                  ...(source.trim() !== '' && { source: source.trim() }),
                }
              : { email: email.trim() },
        });
        setEmail('');
        setReference('');
        setChannel(null);
        setSource('');
      },
    });
  };
  return (
    <Paper withBorder p="sm" component="section" aria-label="New erasure">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            flex={1}
            miw={220}
          />
          <TextInput
            label="or customer reference"
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
            flex={1}
            miw={220}
          />
          {reference.trim() !== '' && (
            <>
              <Select
                label="of channel"
                placeholder="any"
                data={CHANNELS.map((value) => ({ value, label: CHANNEL_LABELS[value] }))}
                value={channel}
                onChange={setChannel}
                clearable
                w={150}
              />
              {channel !== null && (
                <TextInput
                  label="of shop or partner"
                  placeholder="any"
                  value={source}
                  onChange={(event) => setSource(event.currentTarget.value)}
                  miw={180}
                />
              )}
            </>
          )}
          <Button type="submit" color="red" disabled={!isOne} loading={act.isPending}>
            Erase customer
          </Button>
        </Group>
        <Text size="sm" mt="xs">
          This cannot be undone. Numbers, goods, dates and amounts stay.
        </Text>
      </form>
      <Modal opened={isAsked} onClose={() => setAsked(false)} title="Erase this customer?">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Everything that is known of <b>{email.trim() || reference.trim()}</b> is erased from orders,
          messages and documents. This cannot be undone.
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
            Keep
          </Button>
          <Button color="red" onClick={erase}>
            Erase
          </Button>
        </Group>
      </Modal>
    </Paper>
  );
}
