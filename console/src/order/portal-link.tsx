import { Anchor, Button, Group, Popover, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PortalLinkEntry } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { moment } from '../format.ts';
import { useMay } from '../session.ts';

/** The signed links to the status page for the customer: those that count, and a new one. */
export function PortalLinks({ path }: { readonly path: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} width={340} withinPortal trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(!isOpen)}>
          Portal links
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Portal links">
        {isOpen && (
          <Stack gap="xs">
            <Links path={path} />
            <NewLink path={path} />
          </Stack>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function NewLink({ path }: { readonly path: string }) {
  const link = useMutation({
    mutationFn: () =>
      api<{ linkId: string; url: string; expiresAt: string }>(`${path}/portal-link`, {
        method: 'POST',
        body: {},
      }),
    onSuccess: (_, __, ___, { client }) => client.invalidateQueries({ queryKey: ['portal-links', path] }),
  });
  if (!link.isSuccess) {
    return (
      <>
        {link.isError && <Text size="sm">{link.error.message}</Text>}
        <Button
          size="compact-xs"
          variant="default"
          loading={link.isPending}
          onClick={() => link.mutate()}
          data-autofocus
        >
          Create link
        </Button>
      </>
    );
  }
  return (
    <>
      <Anchor
        href={link.data.url}
        target="_blank"
        rel="noreferrer"
        size="sm"
        style={{ overflowWrap: 'anywhere' }}
      >
        {link.data.url.replace(/(\/portal\/.{12}).*/, '$1…')}
      </Anchor>
      <Text size="xs" c="dimmed">
        Anyone with the link sees the status of the order until some days after delivery, at the latest until{' '}
        {moment(link.data.expiresAt)}.
      </Text>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => void navigator.clipboard.writeText(link.data.url)}
      >
        Copy link
      </Button>
    </>
  );
}

function Links({ path }: { readonly path: string }) {
  const act = useAct();
  const may = useMay();
  const links = useQuery({
    queryKey: ['portal-links', path],
    queryFn: () => api<Page<PortalLinkEntry>>(`${path}/portal-links?limit=100`),
  });
  const open = (links.data?.items ?? []).filter(
    ({ revokedAt, expiresAt }) => revokedAt === undefined && expiresAt > new Date().toISOString(),
  );
  return (
    <>
      {links.isError && <Text size="xs">{links.error.message}</Text>}
      {links.isSuccess && open.length === 0 && <Text size="xs">The customer has no link.</Text>}
      {open.map(({ linkId, createdAt, createdBy }) => (
        <Group key={linkId} justify="space-between" wrap="nowrap">
          <Text size="xs">
            {moment(createdAt)} by {createdBy.id}
          </Text>
          {may('orders/write') && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              aria-label={`Revoke the link of ${moment(createdAt)}`}
              loading={act.isPending}
              onClick={() =>
                act.mutate({
                  done: 'The link is revoked.',
                  act: () => api(`${path}/portal-links/${linkId}`, { method: 'DELETE' }),
                })
              }
            >
              Revoke
            </Button>
          )}
        </Group>
      ))}
    </>
  );
}
