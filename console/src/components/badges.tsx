import { Badge, Group } from '@mantine/core';
import type { OrderSummary } from '../../../contract/responses.ts';
import { words } from '../format.ts';

type Marked = Pick<OrderSummary, 'holds' | 'deliveryWindowStatus' | 'state' | 'isTest'> & {
  readonly units?: OrderSummary['units'];
};

/** What needs attention about an order, in words and not by colour alone. */
export function Badges({ order }: { readonly order: Marked }) {
  const { holds, units, deliveryWindowStatus, state, isTest } = order;
  const isPart = units !== undefined && units.shipped > 0 && state === 'FULFILLMENT_QUEUED';
  return (
    <Group gap={4}>
      {isTest && (
        <Badge color="grape" variant="filled" size="sm">
          Test
        </Badge>
      )}
      {holds.length > 0 && (
        <Badge
          color="red"
          variant="light"
          size="sm"
          title={holds.map(({ reason }) => words(reason)).join(', ')}
        >
          Held
        </Badge>
      )}
      {units !== undefined && units.backordered > 0 && (
        <Badge color="orange" variant="light" size="sm">
          Backordered {units.backordered}
        </Badge>
      )}
      {isPart && (
        <Badge color="blue" variant="light" size="sm">
          Partly shipped
        </Badge>
      )}
      {deliveryWindowStatus !== undefined && (
        <Badge color="red" variant="filled" size="sm">
          {deliveryWindowStatus === 'AT_RISK' ? 'Window at risk' : 'Window missed'}
        </Badge>
      )}
    </Group>
  );
}
