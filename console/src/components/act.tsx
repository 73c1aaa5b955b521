import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api.ts';

interface Act {
  /** What is told when it is done; nothing where `act` tells it by itself. */
  readonly done: string | null;
  readonly act: () => Promise<unknown>;
}

/** Does something that changes orders or stock, tells how it went, and has everything on the page read anew. */
export function useAct() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ act }: Act) => act(),
    onSuccess: (_, { done }) => {
      if (done !== null) notifications.show({ message: done, color: 'teal' });
    },
    onError: (error) => {
      const more =
        error instanceof ApiProblem ? error.errors.map(({ path, message }) => `${path}: ${message}`) : [];
      notifications.show({
        title: 'Not done',
        message: [error.message, ...more.slice(0, 3)].join(' '),
        color: 'red',
        autoClose: 10_000,
      });
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
