import { Anchor, Button, Popover, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api } from '../api.ts';
import { moment } from '../format.ts';

/** Creates the signed link to the status page for the customer. */
export function PortalLink({ path }: { readonly path: string }) {
  const link = useMutation({
    mutationFn: () =>
      api<{ url: string; expiresAt: string }>(`${path}/portal-link`, { method: 'POST', body: {} }),
  });
  return (
    <Popover
      opened={link.isSuccess || link.isError}
      onChange={(isOpen) => !isOpen && link.reset()}
      width={300}
      withinPortal
    >
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" loading={link.isPending} onClick={() => link.mutate()}>
          Portal link
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {link.isError && <Text size="sm">{link.error.message}</Text>}
        {link.isSuccess && (
          <Stack gap={4}>
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
              Anyone with the link sees the status of the order until {moment(link.data.expiresAt)}.
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => void navigator.clipboard.writeText(link.data.url)}
            >
              Copy link
            </Button>
          </Stack>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
