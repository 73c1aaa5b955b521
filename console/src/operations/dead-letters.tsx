import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { eventWords, moment, words } from '../format.ts';

interface DeadLetter {
  readonly deadLetterId: string;
  readonly consumer: string;
  readonly sentAt: string;
  readonly eventType?: string;
  readonly orderId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly canBeRedriven: boolean;
}

/** @returns the subject of a letter: an event, or the span of time of the stream records in it. */
function wordsFor({ eventType, from, to }: DeadLetter): string {
  if (eventType !== undefined) return eventWords(eventType);
  return from === undefined || to === undefined
    ? 'a message'
    : `events from ${moment(from)} to ${moment(to)}`;
}

/** Messages that failed all attempts of a consumer, with redrive. */
export function DeadLetters() {
  const act = useAct();
  const letters = useQuery({
    queryKey: ['dead-letters'],
    queryFn: () => api<Page<DeadLetter>>('/v1/operations/dead-letters'),
    refetchInterval: 15_000,
  });
  const redrive = ({ deadLetterId }: DeadLetter) =>
    api(`/v1/operations/dead-letters/${encodeURIComponent(deadLetterId)}/redrive`, {
      method: 'POST',
      body: {},
    });
  return (
    <Loaded query={letters}>
      {({ items }) => {
        if (items.length === 0) return <Nothing>There are no dead letters.</Nothing>;
        const ready = items.filter(({ canBeRedriven }) => canBeRedriven);
        return (
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                Repair the cause first: a letter that fails again comes back here.
              </Text>
              <Button
                size="xs"
                variant="default"
                disabled={ready.length === 0}
                loading={act.isPending}
                onClick={() =>
                  act.mutate({
                    done: `${ready.length} letters were redriven.`,
                    act: async () => {
                      for (const letter of ready) await redrive(letter);
                    },
                  })
                }
              >
                Redrive all {ready.length}
              </Button>
            </Group>
            <WideTable label="Dead letters" minWidth={560}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Consumer</Table.Th>
                  <Table.Th>Event</Table.Th>
                  <Table.Th>Order</Table.Th>
                  <Table.Th>Since</Table.Th>
                  <Table.Th>
                    <span className="screen-reader-only">Action</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((letter) => (
                  <Table.Tr key={letter.deadLetterId}>
                    <Table.Td>{words(letter.consumer.replaceAll('-', '_'))}</Table.Td>
                    <Table.Td>{wordsFor(letter)}</Table.Td>
                    <Table.Td>
                      {letter.orderId ? (
                        <Anchor component={Link} size="sm" href={`/orders/${letter.orderId}`}>
                          {letter.orderId}
                        </Anchor>
                      ) : (
                        '—'
                      )}
                    </Table.Td>
                    <Table.Td>{moment(letter.sentAt)}</Table.Td>
                    <Table.Td ta="right">
                      <Button
                        size="compact-xs"
                        disabled={!letter.canBeRedriven}
                        title={
                          letter.canBeRedriven ? undefined : 'A letter of this queue cannot be redriven.'
                        }
                        onClick={() =>
                          act.mutate({ done: 'The letter was redriven.', act: () => redrive(letter) })
                        }
                      >
                        Redrive
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          </Stack>
        );
      }}
    </Loaded>
  );
}
