import { Alert, Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderEventData } from '../../../domain/order/events.ts';
import { ApiProblem, api } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { AMENDED_TERMS, amendmentOf, type Draft, draftOf } from './amendment.ts';
import { Changes } from './changes.tsx';
import { ActionDialog, type ActionProps } from './dialog.tsx';

interface Preview {
  readonly order: OrderResponse;
  readonly events: readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[];
}

/** Amends terms and lines, after a preview. */
export function Amend({ order, path }: ActionProps) {
  return (
    <ActionDialog
      name="amend"
      label="Amend"
      title={`Amend ${order.orderId}`}
      command="AmendOrder"
      order={order}
    >
      {(close) => <Form order={order} path={path} close={close} />}
    </ActionDialog>
  );
}

function Form({ order, path, close }: ActionProps & { readonly close: () => void }) {
  // The page behind keeps polling; the amendment is for the version that was opened.
  const [opened] = useState(order);
  const [draft, setDraft] = useState<Draft>(() => draftOf(order));
  const act = useAct();
  const set = (name: string, value: string) => {
    setDraft({ ...draft, [name]: value });
    preview.reset();
  };
  const amendment = amendmentOf(opened, draft);
  const headers = { 'if-match': `"${opened.version}"` };
  const preview = useMutation({
    mutationFn: () => api<Preview>(`${path}?dryRun=true`, { method: 'PATCH', body: amendment, headers }),
  });
  const amended = preview.data?.events.find(({ type }) => type === 'OrderAmended')?.data as
    | OrderEventData<'OrderAmended'>
    | undefined;
  const field = (name: string, label: string, type = 'text') => (
    <TextInput
      key={name}
      label={label}
      type={type}
      value={draft[name] ?? ''}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        preview.mutate();
      }}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} verticalSpacing={6}>
          {AMENDED_TERMS.map(({ name, label, type }) => field(name, label, type))}
        </SimpleGrid>
        {opened.lines.map(({ lineNumber, sku }) => (
          <fieldset key={lineNumber} className="plain">
            <SimpleGrid cols={2}>
              {field(`quantity ${lineNumber}`, `Line ${lineNumber}, ${sku}: units`, 'number')}
              {field(`price ${lineNumber}`, 'Unit price')}
            </SimpleGrid>
          </fieldset>
        ))}
        {preview.isError && <Refused error={preview.error} />}
        {preview.data !== undefined &&
          (amended === undefined ? (
            <Alert color="gray" title="Nothing would change." role="status" />
          ) : (
            <Changes data={amended} before={opened} after={preview.data.order} />
          ))}
        <Group>
          <Button type="submit" variant="default" loading={preview.isPending} disabled={amendment === null}>
            Preview changes
          </Button>
          {amended !== undefined && (
            <Button
              loading={act.isPending}
              onClick={() =>
                act.mutate({
                  done: 'The order is amended.',
                  act: async () => {
                    await api(path, { method: 'PATCH', body: amendment, headers });
                    close();
                  },
                })
              }
            >
              Apply changes
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function Refused({ error }: { readonly error: Error }) {
  const problem = error instanceof ApiProblem ? error : null;
  const isStale = problem?.code === 'precondition_failed';
  return (
    <Alert color="red" title="The order cannot be amended" role="alert">
      {isStale
        ? 'The order has changed since this form was opened. Close it and open it again.'
        : error.message}
      {problem?.errors.map(({ path, message }) => (
        <div key={path}>
          {path}: {message}
        </div>
      ))}
    </Alert>
  );
}
