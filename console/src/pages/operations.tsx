import { Stack, Tabs, Title } from '@mantine/core';
import type { ComponentType } from 'react';
import { useSearchParams } from 'wouter';
import { Audit } from '../operations/audit.tsx';
import { BlockedDocuments } from '../operations/blocked-documents.tsx';
import { Connections } from '../operations/connections.tsx';
import { DeadLetters } from '../operations/dead-letters.tsx';
import { Messages } from '../operations/messages.tsx';
import { PersonalData } from '../operations/personal-data.tsx';
import { PublishedStock } from '../operations/published-stock.tsx';
import { StuckOrders } from '../operations/stuck-orders.tsx';
import { Subscriptions } from '../operations/subscriptions.tsx';
import { UnacknowledgedDocuments } from '../operations/unacknowledged-documents.tsx';
import { UnknownItems } from '../operations/unknown-items.tsx';

const SECTIONS: readonly { readonly name: string; readonly label: string; readonly Shown: ComponentType }[] =
  [
    { name: 'messages', label: 'Messages', Shown: Messages },
    { name: 'dead', label: 'Dead letters', Shown: DeadLetters },
    { name: 'stuck', label: 'Stuck orders', Shown: StuckOrders },
    { name: 'unacknowledged', label: 'Unacknowledged documents', Shown: UnacknowledgedDocuments },
    { name: 'blocked', label: 'Blocked documents', Shown: BlockedDocuments },
    { name: 'items', label: 'Unknown items', Shown: UnknownItems },
    { name: 'connections', label: 'Connections', Shown: Connections },
    { name: 'stock', label: 'Published stock', Shown: PublishedStock },
    { name: 'subscriptions', label: 'Subscriptions', Shown: Subscriptions },
    { name: 'personal', label: 'Personal data', Shown: PersonalData },
    { name: 'audit', label: 'Audit trail', Shown: Audit },
  ];

/** Messages of channels, failed events and workflows, and subscriptions; the URL holds the open tab. */
export default function OperationsPage() {
  const [given, setGiven] = useSearchParams();
  const shown = SECTIONS.find(({ name }) => name === given.get('show')) ?? SECTIONS[0];
  return (
    <Stack>
      <Title order={1} size="h3">
        Operations
      </Title>
      <Tabs
        value={shown?.name ?? null}
        onChange={(name) => setGiven(name === null ? {} : { show: name }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {SECTIONS.map(({ name, label }) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SECTIONS.map(({ name, Shown }) => (
          <Tabs.Panel key={name} value={name} pt="sm">
            <Shown />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
