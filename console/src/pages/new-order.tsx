import {
  Alert,
  Button,
  Fieldset,
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { useLocation } from 'wouter';
import { ApiProblem, api } from '../api.ts';
import { useSavedDraft } from '../components/saved-draft.ts';
import { money } from '../format.ts';
import {
  casesError,
  type DraftLine,
  type DraftTerms,
  emptyLine,
  emptyOrder,
  requestOf,
  totalOf,
  wantedBySku,
} from '../intake/draft.ts';
import { LineFields } from '../intake/line.tsx';

const POLICIES = [
  { value: 'SHIP_PARTIAL', label: 'Ship what is in stock, backorder the rest' },
  { value: 'SHIP_COMPLETE', label: 'Wait until everything is in stock' },
  { value: 'REJECT', label: 'Refuse the order' },
];

/** Creates an order by hand. */
export default function NewOrderPage() {
  const [, go] = useLocation();
  const [draft, change, removeDraft] = useSavedDraft('new order', emptyOrder());
  const { orderType, terms, lines } = draft;
  const setTerms = (next: DraftTerms) => change({ ...draft, terms: next });
  const setLines = (next: readonly DraftLine[]) => change({ ...draft, lines: next });
  const keyFor = useIdempotencyKey();
  const isWholesale = orderType === 'B2B';
  const term = (name: string) => ({
    value: terms[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) =>
      setTerms({ ...terms, [name]: event.currentTarget.value }),
  });
  const setLine = (key: number, change: Partial<DraftLine>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...change } : line)));
  const request = requestOf(orderType, terms, lines);
  const send = useMutation({
    mutationFn: () =>
      api<{ orderId: string }>('/v1/orders', {
        method: 'POST',
        body: request,
        headers: { 'idempotency-key': keyFor(JSON.stringify(request)) },
      }),
    onSuccess: ({ orderId }) => {
      removeDraft();
      go(`/orders/${orderId}`);
    },
  });
  const wanted = wantedBySku(lines);
  const total = totalOf(lines, terms.currency ?? '');
  const hasBrokenCases = isWholesale && lines.some((line) => casesError(line) !== null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack maw={1000}>
        <Group justify="space-between">
          <Title order={1} size="h3">
            New order
          </Title>
          <SegmentedControl
            aria-label="Type of order"
            data={[
              { value: 'DTC', label: 'To a consumer' },
              { value: 'B2B', label: 'Wholesale' },
            ]}
            value={orderType}
            onChange={(next) => change({ ...draft, orderType: next })}
          />
        </Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Fieldset legend="Customer" p="sm">
            <SimpleGrid cols={{ base: 1, xs: 2 }} verticalSpacing="xs">
              <TextInput label="Customer" required maxLength={200} {...term('name')} />
              <TextInput label="Customer number" {...term('reference')} />
              <TextInput label="E-mail" type="email" {...term('email')} />
              <TextInput label="Currency" required maxLength={3} {...term('currency')} />
            </SimpleGrid>
          </Fieldset>
          <Fieldset legend="Ship to" p="sm">
            <SimpleGrid cols={{ base: 1, xs: 2 }} verticalSpacing="xs">
              <TextInput label="Street" {...term('address1')} />
              <TextInput label="City" {...term('city')} />
              <SimpleGrid cols={2}>
                <TextInput label="Region" {...term('region')} />
                <TextInput label="Postal code" {...term('postalCode')} />
              </SimpleGrid>
              <TextInput label="Country" placeholder="US" maxLength={2} {...term('country')} />
            </SimpleGrid>
          </Fieldset>
        </SimpleGrid>
        {isWholesale && (
          <Fieldset legend="Wholesale terms" p="sm">
            <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} verticalSpacing="xs">
              <TextInput label="Purchase order" required {...term('purchaseOrderNumber')} />
              <TextInput label="Payment terms" placeholder="NET30" {...term('paymentTerms')} />
              <TextInput label="Delivery from" type="date" {...term('start')} />
              <TextInput label="Delivery until" type="date" {...term('end')} />
            </SimpleGrid>
          </Fieldset>
        )}
        <Stack gap="xs">
          {lines.map((line, index) => (
            <LineFields
              key={line.key}
              line={line}
              place={index + 1}
              isWholesale={isWholesale}
              wanted={wanted.get(line.sku.trim()) ?? 0}
              onChange={(change) => setLine(line.key, change)}
              onRemove={
                lines.length === 1 ? null : () => setLines(lines.filter(({ key }) => key !== line.key))
              }
            />
          ))}
        </Stack>
        <Select
          label="When stock is short"
          data={POLICIES}
          value={terms.backorderPolicy ?? null}
          onChange={(value) => setTerms({ ...terms, backorderPolicy: value ?? 'SHIP_PARTIAL' })}
          allowDeselect={false}
          maw={320}
        />
        {send.isError && <Refused error={send.error} />}
        <Group>
          <Button
            variant="default"
            onClick={() => setLines([...lines, emptyLine(Math.max(...lines.map(({ key }) => key)) + 1)])}
          >
            Add line
          </Button>
          <Button type="submit" loading={send.isPending} disabled={hasBrokenCases}>
            Create order
          </Button>
          <Button variant="subtle" onClick={() => change(emptyOrder())}>
            Clear
          </Button>
          <Text fw={600} role="status">
            {total !== null && `Total ${money(total, terms.currency ?? 'USD')}`}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

/**
 * An idempotency key for each distinct request: sending the same form again after a lost response returns the order of
 * the first request.
 */
function useIdempotencyKey(): (request: string) => string {
  const last = useRef({ request: '', key: '' });
  return (request) => {
    if (last.current.request !== request) last.current = { request, key: crypto.randomUUID() };
    return last.current.key;
  };
}

function Refused({ error }: { readonly error: Error }) {
  const errors = error instanceof ApiProblem ? error.errors : [];
  return (
    <Alert color="red" title="The order was refused" role="alert">
      {error.message}
      {errors.map(({ path, message }) => (
        <div key={path}>
          {path}: {message}
        </div>
      ))}
    </Alert>
  );
}
