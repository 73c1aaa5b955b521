import { Button, Group, Paper, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AuthorizationPage } from '../../../contract/authorizations.ts';
import type { ConnectionDetail, ConnectionRequest } from '../../../contract/connections.ts';
import { CONNECTION_SECRETS } from '../../../contract/secrets.ts';
import { api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { moment } from '../format.ts';

const KINDS = [
  { value: 'SHOPIFY', label: 'Shopify', setting: 'Shop domain', example: 'acme.myshopify.com' },
  { value: 'SQUARE', label: 'Square', setting: 'Merchant ID', example: 'MLTESTMERCHANT1' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

/** Opens the page of the shop on which access is given. */
async function authorize(connectionId: string): Promise<void> {
  const path = `/v1/connections/${encodeURIComponent(connectionId)}/authorization`;
  const { url } = await api<AuthorizationPage>(path, { method: 'POST' });
  window.open(url, '_blank', 'noopener');
}

/** Connects a shop at Shopify or an account at Square by its own page. */
export function ConnectShop() {
  const act = useAct();
  const [kind, setKind] = useState<Kind>('SHOPIFY');
  const [connectionId, setConnectionId] = useState('');
  const [source, setSource] = useState('');
  const [clientId, setClientId] = useState('');
  const [secretName, setSecretName] = useState('');
  const { setting, example } = KINDS.find(({ value }) => value === kind) ?? KINDS[0];
  return (
    <Paper withBorder p="sm" mb="sm" component="section" aria-label="Connect a shop">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({
            done: `${connectionId} is saved. Give it access on the page of the shop.`,
            act: async () => {
              const app = { clientId: clientId.trim(), secretName: secretName.trim() };
              const body: ConnectionRequest =
                kind === 'SHOPIFY'
                  ? { kind, name: connectionId, settings: { shop: source.trim(), ...app } }
                  : { kind, name: connectionId, settings: { merchantId: source.trim(), ...app } };
              await api(`/v1/connections/${encodeURIComponent(connectionId)}`, { method: 'PUT', body });
              await authorize(connectionId);
            },
          });
        }}
      >
        <Group align="flex-end" gap="xs">
          <Select
            label="Kind"
            data={KINDS.map(({ value, label }) => ({ value, label }))}
            value={kind}
            onChange={(value) => setKind(value ?? 'SHOPIFY')}
            allowDeselect={false}
            w={120}
          />
          <TextInput
            label="Connection"
            required
            placeholder="main-shop"
            value={connectionId}
            onChange={(event) => setConnectionId(event.currentTarget.value)}
            flex={1}
            miw={140}
          />
          <TextInput
            label={setting}
            required
            placeholder={example}
            value={source}
            onChange={(event) => setSource(event.currentTarget.value)}
            flex={1}
            miw={180}
          />
          <TextInput
            label="Client ID of the app"
            required
            value={clientId}
            onChange={(event) => setClientId(event.currentTarget.value)}
            flex={1}
            miw={160}
          />
          <TextInput
            label="Name of its secret"
            required
            placeholder={`${CONNECTION_SECRETS}prod/main-shop`}
            value={secretName}
            onChange={(event) => setSecretName(event.currentTarget.value)}
            flex={2}
            miw={220}
          />
          <Button type="submit" loading={act.isPending}>
            Connect
          </Button>
        </Group>
      </form>
    </Paper>
  );
}

/** Whether the shop gave access, and the way to ask it. */
export function Access({ connection }: { readonly connection: ConnectionDetail }) {
  const act = useAct();
  const { connectionId, settings, authorization, access } = connection;
  const revoked =
    access === undefined ? undefined : `Refused since ${moment(access.since)}: ${access.reason}`;
  if (!('clientId' in settings) || settings.clientId === undefined) {
    return revoked === undefined ? null : <Problem>{revoked}</Problem>;
  }
  const { grantedAt, missingScopes = [], failure } = authorization ?? {};
  const problems = [
    revoked,
    failure,
    missingScopes.length > 0 ? `Rights not given: ${missingScopes.join(', ')}` : undefined,
  ];
  return (
    <>
      {grantedAt === undefined ? 'not given' : `since ${moment(grantedAt)}`}
      {problems
        .filter((problem) => problem !== undefined)
        .map((problem) => (
          <Problem key={problem}>{problem}</Problem>
        ))}
      <Button
        size="compact-xs"
        variant="default"
        display="block"
        loading={act.isPending}
        onClick={() => act.mutate({ done: null, act: () => authorize(connectionId) })}
        aria-label={`Authorize ${connectionId}`}
      >
        Authorize
      </Button>
    </>
  );
}

function Problem({ children }: { readonly children: string }) {
  return (
    <Text size="xs" c="red">
      {children}
    </Text>
  );
}
