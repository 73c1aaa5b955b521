import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api.ts';

interface Act {
  /** The success notification; null when `act` shows its own. */
  readonly done: string | null;
  readonly act: () => Promise<unknown>;
}

/** Runs a command, shows its result, and reloads the data of the page. */
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
        title: 'Failed',
        message: [error.message, ...more.slice(0, 3)].join(' '),
        color: 'red',
        autoClose: 10_000,
      });
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
