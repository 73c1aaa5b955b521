import { Alert } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useIsMutating } from '@tanstack/react-query';

/** Shown while the network is gone: what is stale, and what is waiting to be sent. */
export function Offline() {
  const { online } = useNetwork();
  const waiting = useIsMutating({ predicate: ({ state }) => state.isPaused });
  if (online) return null;
  return (
    <Alert color="orange" title="This computer is offline" role="status" mb="sm" p="xs">
      The page shows the last known data, and your input stays.{' '}
      {waiting > 0
        ? 'Your changes are sent when the connection is back.'
        : 'The page reloads when the connection is back.'}
    </Alert>
  );
}
