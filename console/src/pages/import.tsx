import { Alert, Anchor, Button, FileInput, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ImportReport } from '../../../contract/imports.ts';
import { api } from '../api.ts';
import { WideTable } from '../components/wide-table.tsx';
import { words } from '../format.ts';

/** Creates orders from a CSV file and reports on each row. */
export default function ImportPage() {
  const [file, setFile] = useState<File | null>(null);
  const send = useMutation({
    mutationFn: async (chosen: File) =>
      api<ImportReport>('/v1/imports', {
        method: 'POST',
        body: await chosen.text(),
        headers: { 'content-type': 'text/csv' },
      }),
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        Import
      </Title>
      <Text size="sm" c="dimmed">
        One row for each line of an order. Required columns: order, sku, quantity, unit_price, currency and
        customer_name. Importing the same file again creates nothing twice.
      </Text>
      <FileInput
        label="CSV file"
        placeholder="Choose a file"
        accept=".csv,text/csv"
        value={file}
        onChange={setFile}
        maw={360}
        clearable
      />
      <Button
        disabled={file === null}
        loading={send.isPending}
        onClick={() => file !== null && send.mutate(file)}
        style={{ alignSelf: 'flex-start' }}
      >
        Import
      </Button>
      {send.isError && (
        <Alert color="red" title="The file was refused">
          {send.error.message}
        </Alert>
      )}
      {send.data && <Report report={send.data} />}
    </Stack>
  );
}

function Report({ report }: { readonly report: ImportReport }) {
  return (
    <section aria-label="Report">
      <Text fw={600} role="status">
        {report.received} orders received, {report.alreadyKnown} already known, {report.refused} refused
        {report.notReached > 0 && `, ${report.notReached} not reached: send the file again`}.
      </Text>
      <WideTable label="Result of each row" minWidth={520} striped>
        <Table.Thead>
          <Table.Tr>
            {['Row', 'Order', 'Result', 'Errors'].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.items.map((item) => (
            <Table.Tr key={item.row}>
              <Table.Td>{item.row}</Table.Td>
              <Table.Td>{item.order}</Table.Td>
              <Table.Td>
                {words(item.status)}{' '}
                {item.orderId && (
                  <Anchor component={Link} href={`/orders/${item.orderId}`}>
                    {item.orderId}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td>{item.errors?.map(({ path, message }) => `${path}: ${message}`).join('; ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </section>
  );
}
