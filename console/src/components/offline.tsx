import { Alert } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useIsMutating } from '@tanstack/react-query';

/** Says that the network is gone, what that means for what is shown, and what happens to what was sent. */
export function Offline() {
  const { online } = useNetwork();
  const waiting = useIsMutating({ predicate: ({ state }) => state.isPaused });
  if (online) return null;
  return (
    <Alert color="orange" title="This computer is offline" role="status" mb="sm" p="xs">
      What you see is as it was last seen, and what you have typed stays.{' '}
      {waiting > 0
        ? 'What you sent is sent as soon as the connection is back.'
        : 'Everything goes on by itself when the connection is back.'}
    </Alert>
  );
}
