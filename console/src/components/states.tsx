import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** Shows the data of a query, a loader, or its error. */
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
          <Alert color="orange" title="Showing the last known data" mb="sm">
            {query.error.message} The page retries automatically.
          </Alert>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) {
    return (
      <Alert color="red" title="Cannot load this">
        <Stack align="flex-start" gap="xs">
          {navigator.onLine ? query.error.message : 'This computer is offline.'}
          <Button size="xs" variant="default" onClick={() => void query.refetch()}>
            Retry
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

/** An empty state. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return (
    <Center h={120}>
      <Text c="dimmed">{children}</Text>
    </Center>
  );
}
