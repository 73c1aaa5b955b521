import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api.ts';

/** Does something that changes orders or stock, tells how it went, and has everything on the page read anew. */
export function useAct() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ act }: { readonly done: string; readonly act: () => Promise<unknown> }) => act(),
    onSuccess: (_, { done }) => {
      notifications.show({ message: done, color: 'teal' });
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
