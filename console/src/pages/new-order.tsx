import {
  Alert,
  Button,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { InventoryResponse } from '../../../contract/responses.ts';
import { ApiProblem, api } from '../api.ts';
import { count } from '../format.ts';

interface Line {
  readonly key: number;
  readonly sku: string;
  readonly quantity: number | string;
  readonly unitPrice: string;
  readonly unitsPerCase: number | string;
}

const emptyLine = (key: number): Line => ({ key, sku: '', quantity: 1, unitPrice: '', unitsPerCase: '' });

/** An order that someone phoned in, or wrote. */
export default function NewOrderPage() {
  const [, go] = useLocation();
  const [orderType, setOrderType] = useState('DTC');
  const [terms, setTerms] = useState<Readonly<Record<string, string>>>({ currency: 'USD' });
  const [lines, setLines] = useState<readonly Line[]>([emptyLine(1)]);
  const isWholesale = orderType === 'B2B';
  const term = (name: string) => ({
    value: terms[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) =>
      setTerms({ ...terms, [name]: event.currentTarget.value }),
  });
  const setLine = (key: number, change: Partial<Line>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...change } : line)));
  const send = useMutation({
    mutationFn: () =>
      api<{ orderId: string }>('/v1/orders', { method: 'POST', body: requestOf(orderType, terms, lines) }),
    onSuccess: ({ orderId }) => go(`/orders/${orderId}`),
  });
  const errors = send.error instanceof ApiProblem ? send.error.errors : [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack maw={900}>
        <Title order={1} size="h2">
          New order
        </Title>
        <SegmentedControl
          aria-label="Type of order"
          data={[
            { value: 'DTC', label: 'To a consumer' },
            { value: 'B2B', label: 'Wholesale' },
          ]}
          value={orderType}
          onChange={setOrderType}
          style={{ alignSelf: 'flex-start' }}
        />
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextInput label="Customer" required {...term('name')} />
          <TextInput label="Customer number" {...term('reference')} />
          <TextInput label="Currency" required maxLength={3} {...term('currency')} />
          <TextInput label="E-mail" type="email" {...term('email')} />
          <TextInput label="Street" {...term('address1')} />
          <TextInput label="City" {...term('city')} />
          {isWholesale && (
            <>
              <TextInput label="Purchase order" required {...term('purchaseOrderNumber')} />
              <TextInput label="Payment terms" placeholder="NET30" {...term('paymentTerms')} />
              <div />
              <TextInput label="Delivery from" type="date" {...term('start')} />
              <TextInput label="Delivery until" type="date" {...term('end')} />
            </>
          )}
        </SimpleGrid>
        {lines.map((line, index) => (
          <Paper key={line.key} withBorder p="sm" component="fieldset">
            <Group align="flex-end">
              <TextInput
                label="SKU"
                required
                value={line.sku}
                onChange={(event) => setLine(line.key, { sku: event.currentTarget.value })}
              />
              <NumberInput
                label="Units"
                required
                min={1}
                w={110}
                value={line.quantity}
                onChange={(quantity) => setLine(line.key, { quantity })}
              />
              <TextInput
                label="Price of one"
                required
                placeholder="20.00"
                w={120}
                value={line.unitPrice}
                onChange={(event) => setLine(line.key, { unitPrice: event.currentTarget.value })}
              />
              {isWholesale && (
                <NumberInput
                  label="Units per case"
                  min={1}
                  w={130}
                  value={line.unitsPerCase}
                  onChange={(unitsPerCase) => setLine(line.key, { unitsPerCase })}
                  error={casesError(line)}
                />
              )}
              {lines.length > 1 && (
                <Button
                  variant="default"
                  aria-label={`Take line ${index + 1} out`}
                  onClick={() => setLines(lines.filter(({ key }) => key !== line.key))}
                >
                  Remove
                </Button>
              )}
              <Availability sku={line.sku} wanted={Number(line.quantity)} />
            </Group>
          </Paper>
        ))}
        {send.isError && (
          <Alert color="red" title="The order was not taken" role="alert">
            {send.error.message}
            {errors.map(({ path, message }) => (
              <div key={path}>
                {path}: {message}
              </div>
            ))}
          </Alert>
        )}
        <Group>
          <Button
            variant="default"
            onClick={() => setLines([...lines, emptyLine(Math.max(...lines.map(({ key }) => key)) + 1)])}
          >
            Another line
          </Button>
          <Button type="submit" loading={send.isPending}>
            Take the order in
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is there of a SKU now, while it is being typed. */
function Availability({ sku, wanted }: { readonly sku: string; readonly wanted: number }) {
  const [settled] = useDebouncedValue(sku.trim(), 300);
  const stock = useQuery({
    queryKey: ['sku', settled],
    queryFn: () => api<InventoryResponse>(`/v1/inventory/${encodeURIComponent(settled)}`),
    enabled: settled !== '',
  });
  if (stock.data === undefined) return null;
  const { available } = stock.data;
  return (
    <Text size="sm" c={available >= wanted ? 'dimmed' : 'orange'} role="status">
      {available >= wanted
        ? `${count(available)} available`
        : `${count(available)} available: the rest is backordered`}
    </Text>
  );
}

function casesError({ quantity, unitsPerCase }: Line): string | null {
  const [units, each] = [Number(quantity), Number(unitsPerCase)];
  return each > 0 && units % each !== 0 ? `${units} is no whole number of cases` : null;
}

function requestOf(orderType: string, terms: Readonly<Record<string, string>>, lines: readonly Line[]) {
  const given = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (terms[name]?.trim() ? [[name, terms[name].trim()]] : [])));
  const shipTo = given(['address1', 'city']);
  const isWholesale = orderType === 'B2B';
  return {
    orderType,
    ...given(['currency']),
    customer: given(['name', 'email', 'reference']),
    ...(Object.keys(shipTo).length > 0 && { shipTo }),
    ...(isWholesale && given(['purchaseOrderNumber', 'paymentTerms'])),
    ...(isWholesale &&
      terms.start && { deliveryWindow: { start: terms.start, end: terms.end || terms.start } }),
    lines: lines.map(({ sku, quantity, unitPrice, unitsPerCase }) => ({
      sku: sku.trim(),
      quantity: Number(quantity),
      unitPrice: unitPrice.trim(),
      ...(isWholesale && unitsPerCase !== '' && { unitsPerCase: Number(unitsPerCase) }),
    })),
  };
}
