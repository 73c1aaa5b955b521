import {
  Anchor,
  Button,
  Group,
  Modal,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Movement } from '../../../contract/movements.ts';
import type { InventoryResponse, LotResponse } from '../../../contract/responses.ts';
import { api, type Page } from '../api.ts';
import { useAct } from '../components/act.tsx';
import { Figure } from '../components/figure.tsx';
import { Loaded, Nothing } from '../components/states.tsx';
import { WideTable } from '../components/wide-table.tsx';
import { count, day, moment, words } from '../format.ts';
import { useMay } from '../session.ts';

interface Affected {
  readonly affectedOrders?: readonly {
    readonly orderId: string;
    readonly reserved: number;
    readonly shipped: number;
  }[];
}

/** One SKU: its lots by expiry, their changes, and the ledger. */
export default function SkuPage({ sku }: { readonly sku: string }) {
  const path = `/v1/inventory/${encodeURIComponent(sku)}`;
  const mayChange = useMay()('inventory/write');
  const [affected, setAffected] = useState<Affected['affectedOrders']>();
  const stock = useQuery({
    queryKey: ['sku', sku],
    queryFn: () => api<InventoryResponse>(path),
    refetchInterval: 3_000,
  });
  return (
    <Stack>
      <Title order={1} size="h3">
        {sku}
      </Title>
      <Loaded query={stock}>
        {({ onHand, reserved, available, unavailable, lots }) => (
          <>
            <SimpleGrid cols={{ base: 2, sm: 4 }}>
              <Figure name="On hand" value={count(onHand)}>
                units in {lots.length} {lots.length === 1 ? 'lot' : 'lots'}
              </Figure>
              <Figure name="Reserved" value={count(reserved)}>
                held for orders
              </Figure>
              <Figure name="Available" value={count(available)}>
                can be reserved
              </Figure>
              <Figure name="Unavailable" value={count(unavailable)}>
                expired, on hold, in quarantine or recalled
              </Figure>
            </SimpleGrid>
            {lots.length === 0 ? (
              <Nothing>This SKU has no lots yet.</Nothing>
            ) : (
              <WideTable label="Lots" minWidth={680} striped>
                <Table.Thead>
                  <Table.Tr>
                    {['Lot', 'Location', 'Expires', 'Status'].map((name) => (
                      <Table.Th key={name}>{name}</Table.Th>
                    ))}
                    {['On hand', 'Reserved', 'Available'].map((name) => (
                      <Table.Th key={name} ta="right">
                        {name}
                      </Table.Th>
                    ))}
                    <Table.Th>
                      <span className="screen-reader-only">Action</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {lots.map((lot) => (
                    <Table.Tr key={`${lot.locationId} ${lot.lotNumber}`}>
                      <Table.Td>{lot.lotNumber}</Table.Td>
                      <Table.Td>{lot.locationId}</Table.Td>
                      <Table.Td>{lot.expiryDate === null ? 'never' : day(lot.expiryDate)}</Table.Td>
                      <Table.Td>{words(lot.status)}</Table.Td>
                      <Table.Td ta="right">{count(lot.onHand)}</Table.Td>
                      <Table.Td ta="right">{count(lot.reserved)}</Table.Td>
                      <Table.Td ta="right">{count(lot.available)}</Table.Td>
                      <Table.Td>
                        {mayChange && <Change lot={lot} path={path} onAffected={setAffected} />}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </WideTable>
            )}
          </>
        )}
      </Loaded>
      {affected && (
        <Paper withBorder p="sm" component="section" aria-label="Affected orders">
          <Text fw={600} size="sm">
            {affected.length === 0 ? 'No order is affected.' : `${affected.length} orders are affected:`}
          </Text>
          {affected.map((order) => (
            <Text key={order.orderId} size="sm">
              <Anchor component={Link} href={`/orders/${order.orderId}`}>
                {order.orderId}
              </Anchor>
              : {order.reserved} were reserved, {order.shipped} have shipped
            </Text>
          ))}
        </Paper>
      )}
      {mayChange && <Receive path={path} />}
      <Ledger path={path} />
    </Stack>
  );
}

const STATUSES = ['AVAILABLE', 'HOLD', 'QUARANTINE', 'RECALLED'];

function Change({
  lot,
  path,
  onAffected,
}: {
  readonly lot: LotResponse;
  readonly path: string;
  onAffected(orders: Affected['affectedOrders']): void;
}) {
  const act = useAct();
  const [isOpen, setOpen] = useState(false);
  const [status, setStatus] = useState<string>(lot.status);
  const [adjustment, setAdjustment] = useState<number | string>(0);
  const [reason, setReason] = useState('');
  const body =
    status === lot.status
      ? { adjustment: Number(adjustment), reason, locationId: lot.locationId }
      : { status, reason };
  const breaks = status !== lot.status && status !== 'AVAILABLE' && lot.reserved > 0;
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => setOpen(true)}
        aria-label={`Change ${lot.lotNumber}${lot.locationId === 'MAIN' ? '' : ` at ${lot.locationId}`}`}
      >
        Change
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Lot ${lot.lotNumber}`}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({
              done: `Lot ${lot.lotNumber} is changed.`,
              act: async () => {
                const url = `${path}/lots/${encodeURIComponent(lot.lotNumber)}`;
                const answer = await api<Affected>(url, { method: 'PATCH', body });
                if (status !== lot.status) onAffected(answer.affectedOrders ?? []);
                setOpen(false);
              },
            });
          }}
        >
          <Stack>
            <Select
              label="Status"
              data={STATUSES.map((value) => ({ value, label: words(value) }))}
              value={status}
              onChange={(value) => setStatus(value ?? lot.status)}
            />
            {status === lot.status && (
              <NumberInput
                label="Adjust by"
                value={adjustment}
                onChange={setAdjustment}
                description="Units more or fewer than counted before."
              />
            )}
            <TextInput
              label="Reason"
              required
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            {breaks && (
              <Text size="sm" c="red">
                {count(lot.reserved)} reserved units are moved to other lots or backordered.
              </Text>
            )}
            <Button type="submit" loading={act.isPending} color={breaks ? 'red' : 'teal'}>
              Change
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function Receive({ path }: { readonly path: string }) {
  const act = useAct();
  const [lotNumber, setLotNumber] = useState('');
  const [quantity, setQuantity] = useState<number | string>('');
  const [expiryDate, setExpiryDate] = useState('');
  return (
    <Paper withBorder p="sm" component="section" aria-label="Receive stock">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { lotNumber: lotNumber.trim(), quantity, ...(expiryDate !== '' && { expiryDate }) };
          act.mutate({
            done: `${quantity} units received; waiting backorders are allocated first.`,
            act: () => api(`${path}/lots`, { method: 'POST', body }),
          });
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Lot"
            required
            value={lotNumber}
            onChange={(event) => setLotNumber(event.currentTarget.value)}
          />
          <NumberInput label="Units" required min={1} value={quantity} onChange={setQuantity} w={120} />
          <TextInput
            label="Expires"
            type="date"
            value={expiryDate}
            onChange={(event) => setExpiryDate(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={act.isPending}>
            Receive
          </Button>
        </Group>
      </form>
    </Paper>
  );
}

function Ledger({ path }: { readonly path: string }) {
  const ledger = useQuery({
    queryKey: ['movements', path],
    queryFn: () => api<Page<Movement>>(`${path}/movements?limit=50`),
    refetchInterval: 5_000,
  });
  return (
    <section aria-label="Ledger">
      <Title order={2} size="h4" mb="xs">
        Ledger
      </Title>
      <Loaded query={ledger}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing>There are no movements yet.</Nothing>
          ) : (
            <WideTable label="Movements" minWidth={620}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Time</Table.Th>
                  <Table.Th>Movement</Table.Th>
                  <Table.Th ta="right">Units</Table.Th>
                  <Table.Th>Lot</Table.Th>
                  <Table.Th>Order or reason</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((movement) => (
                  <Table.Tr key={movement.movementId}>
                    <Table.Td>{moment(movement.occurredAt)}</Table.Td>
                    <Table.Td>{words(movement.kind)}</Table.Td>
                    <Table.Td ta="right">{count(movement.quantity)}</Table.Td>
                    <Table.Td>{movement.lotNumber}</Table.Td>
                    <Table.Td>
                      {movement.orderId && (
                        <Anchor component={Link} href={`/orders/${movement.orderId}`}>
                          {movement.orderId}
                        </Anchor>
                      )}
                      {movement.reason}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </WideTable>
          )
        }
      </Loaded>
    </section>
  );
}
