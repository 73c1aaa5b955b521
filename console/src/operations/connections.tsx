import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { BackfillResponse } from '../../../contract/backfills.ts';
import type { Connection, ConnectionDetail } from '../../../contract/connections.ts';
import { ApiProblem, api, type Page } from '../api.ts';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment, words } from '../format.ts';
import { Access, ConnectShop } from './connect-shop.tsx';

interface Shown {
  readonly connection: ConnectionDetail;
  /** The last one that was started; null where none was. */
  readonly backfill: BackfillResponse | null;
}

/** Connections with the last time that their shop was asked what changed, and how far its earlier orders were read. */
export function Connections() {
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: async () => {
      const { items } = await api<Page<Connection>>('/v1/connections');
      return Promise.all(items.map(({ connectionId }) => shownConnection(connectionId)));
    },
    refetchInterval: 30_000,
  });
  return (
    <>
      <ConnectShop />
      <Loaded query={connections}>
        {(shown) =>
          shown.length === 0 ? (
            <Nothing>Nothing is connected.</Nothing>
          ) : (
            <WideTable label="Connections" minWidth={640}>
              <Table.Thead>
                <Table.Tr>
                  {['Connection', 'Kind', 'Access', 'Last poll', 'Earlier orders'].map((name) => (
                    <Table.Th key={name}>{name}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map(({ connection, backfill }) => (
                  <Table.Tr key={connection.connectionId}>
                    <Table.Td>
                      {connection.name}
                      <Text size="xs" c="dimmed">
                        {connection.connectionId}
                      </Text>
                    </Table.Td>
                    <Table.Td>{words(connection.kind)}</Table.Td>
                    <Table.Td>
                      <Access connection={connection} />
                    </Table.Td>
                    <Table.Td>
                      <LastPoll connection={connection} />
                    </Table.Td>
                    <Table.Td>{backfill !== null && <Progress backfill={backfill} />}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          )
        }
      </Loaded>
    </>
  );
}

async function shownConnection(connectionId: string): Promise<Shown> {
  const path = `/v1/connections/${encodeURIComponent(connectionId)}`;
  const connection = await api<ConnectionDetail>(path);
  // Who is never polled has no earlier orders to read.
  const backfill = connection.lastPoll === undefined ? null : await backfillOf(path);
  return { connection, backfill };
}

async function backfillOf(path: string): Promise<BackfillResponse | null> {
  try {
    return await api<BackfillResponse>(`${path}/backfill`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

function LastPoll({ connection: { kind, lastPoll, webhookSubscriptions } }: Pick<Shown, 'connection'>) {
  if (lastPoll === undefined) return null;
  const { at, healed, received, quarantined, looked, failure } = lastPoll;
  const found =
    kind === 'EDI'
      ? `${received + quarantined} of ${looked} files received`
      : `${healed} of ${looked} orders healed`;
  const problems = [failure, webhookSubscriptions?.failure, ...(webhookSubscriptions?.refused ?? [])];
  return (
    <>
      {moment(at)}
      <Text size="xs" c="dimmed">
        {found}
      </Text>
      {webhookSubscriptions?.note !== undefined && (
        <Text size="xs" c="dimmed">
          {webhookSubscriptions.note}
        </Text>
      )}
      {problems
        .filter((problem) => problem !== undefined)
        .map((problem) => (
          <Text key={problem} size="xs" c="red">
            {problem}
          </Text>
        ))}
    </>
  );
}

function Progress({ backfill }: { readonly backfill: BackfillResponse }) {
  const { state, from, reachedAt, finishedAt, received, looked, failure } = backfill;
  return (
    <>
      {state === 'RUNNING' ? `read up to ${moment(reachedAt)}` : `read ${moment(finishedAt ?? reachedAt)}`}
      <Text size="xs" c="dimmed">
        {received} of {looked} orders received, from {moment(from)}
      </Text>
      {failure !== undefined && (
        <Text size="xs" c="red">
          {failure}
        </Text>
      )}
    </>
  );
}
