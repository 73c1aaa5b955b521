import { Anchor, Badge, Button, Group, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Approval } from '../../../contract/agents.ts';
import { visible } from '../../../domain/text.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { moment, money, words } from '../format.ts';

/** Approval requests of AI agents, with their effect. */
export default function ApprovalsPage() {
  const approvals = useQuery({
    queryKey: ['approvals'],
    queryFn: () => api<Page<Approval>>('/v1/approvals?status=ALL'),
    refetchInterval: 3_000,
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        Approvals
      </Title>
      <Loaded query={approvals}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>There are no approval requests.</Nothing>
          ) : (
            items.map((approval) => <Request key={approval.approvalId} approval={approval} />)
          )
        }
      </Loaded>
    </Stack>
  );
}

function Request({ approval }: { readonly approval: Approval }) {
  const act = useAct();
  const [reason, setReason] = useState('');
  const { effect, status, tool, agent, orderId } = approval;
  const path = `/v1/approvals/${approval.approvalId}`;
  const units = (list: typeof effect.reserved) =>
    list.map(({ quantity, lotNumber }) => `${quantity} of ${visible(lotNumber)}`).join(', ');
  return (
    <Paper withBorder p="sm" component="article">
      <Group justify="space-between">
        <Text fw={600}>
          {visible(agent)} asks: {words(tool)}{' '}
          {orderId && (
            <Anchor component={Link} href={`/orders/${orderId}`} underline="always">
              {orderId}
            </Anchor>
          )}
        </Text>
        <Badge variant="light" color={status === 'PENDING' ? 'orange' : 'gray'}>
          {words(status)}
        </Badge>
      </Group>
      <Text size="sm">
        {effect.stateBefore
          ? `${words(effect.stateBefore)} becomes ${words(effect.stateAfter)}`
          : `A new order, ${words(effect.stateAfter)}`}
        {' · '}
        {effect.totalBefore && `${money(effect.totalBefore, effect.currency)} becomes `}
        {money(effect.total, effect.currency)}
        {effect.reserved.length > 0 && ` · reserves ${units(effect.reserved)}`}
        {effect.released.length > 0 && ` · releases ${units(effect.released)}`}
      </Text>
      <Changes approval={approval} />
      <Text size="xs" c="dimmed">
        requested {moment(approval.requestedAt)}
        {approval.decidedBy && ` · decided by ${approval.decidedBy}`}
        {approval.detail && ` · ${approval.detail}`}
      </Text>
      <details>
        <summary>
          <Text size="xs" span>
            Arguments
          </Text>
        </summary>
        <pre style={{ overflowX: 'auto', fontSize: 12 }}>
          {visible(JSON.stringify(approval.arguments, null, 2))}
        </pre>
      </details>
      {status === 'PENDING' && (
        <Group mt="xs" align="flex-end">
          <Button
            size="xs"
            loading={act.isPending}
            onClick={() =>
              act.mutate({
                done: 'The request is approved.',
                act: () => api(`${path}/approve`, { method: 'POST', body: {} }),
              })
            }
          >
            Approve
          </Button>
          <TextInput
            size="xs"
            aria-label="Reason for declining"
            placeholder="Reason for declining"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={reason.trim() === ''}
            onClick={() =>
              act.mutate({
                done: 'The request is declined.',
                act: () => api(`${path}/decline`, { method: 'POST', body: { reason } }),
              })
            }
          >
            Decline
          </Button>
        </Group>
      )}
    </Paper>
  );
}

/** Each field that would change; the texts are the agent's or the customer's, and nothing in them is hidden. */
function Changes({ approval }: { readonly approval: Approval }) {
  const { changes = [], moreChanges } = approval;
  if (changes.length === 0) return null;
  return (
    <>
      <WideTable label={`Changes of ${approval.orderId ?? 'the new order'}`} minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            {['Field', 'Before', 'After'].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ field, before, after }) => (
            <Table.Tr key={field}>
              <Table.Td>{field}</Table.Td>
              {[before, after].map((value, side) => (
                <Table.Td
                  // biome-ignore lint/suspicious/noArrayIndexKey: before and after
                  key={side}
                  style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}
                >
                  <bdi>{value ?? '—'}</bdi>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      {moreChanges !== undefined && (
        <Text size="xs">{moreChanges} more fields change; see the arguments.</Text>
      )}
    </>
  );
}
