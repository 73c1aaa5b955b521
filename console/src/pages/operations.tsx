import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, type Page } from '../api.ts';
import { eventWords, moment } from '../format.ts';
import { useAct } from '../parts/act.tsx';
import { Loaded, Nothing } from '../parts/states.tsx';

interface DeadLetter {
  readonly deadLetterId: string;
  readonly consumer: string;
  readonly sentAt: string;
  readonly eventType?: string;
  readonly orderId?: string;
  readonly canBeRedriven: boolean;
}

/** What did not get through, and the way to send it on. */
export default function OperationsPage() {
  const act = useAct();
  const letters = useQuery({
    queryKey: ['dead-letters'],
    queryFn: () => api<Page<DeadLetter>>('/v1/operations/dead-letters'),
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Dead letters
        </Title>
        <Button variant="default" loading={letters.isFetching} onClick={() => void letters.refetch()}>
          Look again
        </Button>
      </Group>
      <Loaded query={letters}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>Everything got through.</Nothing>
          ) : (
            items.map((letter) => (
              <Paper key={letter.deadLetterId} withBorder p="sm">
                <Group justify="space-between">
                  <Text size="sm">
                    {letter.consumer}: {letter.eventType ? eventWords(letter.eventType) : 'a message'}{' '}
                    {letter.orderId && <Link href={`/orders/${letter.orderId}`}>{letter.orderId}</Link>} since{' '}
                    {moment(letter.sentAt)}
                  </Text>
                  <Button
                    size="xs"
                    disabled={!letter.canBeRedriven}
                    onClick={() =>
                      act.mutate({
                        done: 'It is on its way again.',
                        act: () =>
                          api(
                            `/v1/operations/dead-letters/${encodeURIComponent(letter.deadLetterId)}/redrive`,
                            {
                              method: 'POST',
                              body: {},
                            },
                          ),
                      })
                    }
                  >
                    Redrive
                  </Button>
                </Group>
              </Paper>
            ))
          )
        }
      </Loaded>
    </Stack>
  );
}
