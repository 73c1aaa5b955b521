import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** Shows what a query brought, or that it is on its way, failed, or the network is gone. */
export function Loaded<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <Alert color="orange" title="Shown as last seen" mb="sm">
            {query.error.message} It is asked again by itself.
          </Alert>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) {
    return (
      <Alert color="red" title="This cannot be shown">
        <Stack align="flex-start" gap="xs">
          {navigator.onLine ? query.error.message : 'This computer is offline.'}
          <Button size="xs" variant="default" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </Stack>
      </Alert>
    );
  }
  return (
    <Center h={200}>
      <Loader aria-label="Loading" />
    </Center>
  );
}

/** Says that there is nothing, and why that is all right. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return (
    <Center h={120}>
      <Text c="dimmed">{children}</Text>
    </Center>
  );
}
