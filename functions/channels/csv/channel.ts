import { Busy } from '../../write-failures.ts';
import type { ChannelContext, Inbound } from '../channel.ts';
import { importOrders } from './inbound/import-orders.ts';
import { readRows } from './inbound/read-rows.ts';

/** Files of orders that people import; their orders belong to the channel MANUAL. */
export function csvInbound({ ports }: Pick<ChannelContext, 'ports'>): Inbound {
  return {
    endpoint: 'imports',
    channel: 'MANUAL',
    async process({ ref, body, origin, deadline, isAwaited }) {
      const read = readRows(body);
      if ('errors' in read) {
        const [{ path, message } = { path: '', message: '' }] = read.errors;
        return { kind: 'rejected', reason: path === '' ? message : `${path}: ${message}` };
      }
      const report = await importOrders(ports, read.rows, { ref, origin, until: deadline });
      const { received, alreadyKnown, refused, notReached } = report;
      // Nobody learns which orders are left: the next attempt comes to them.
      if (!isAwaited && notReached > 0) throw new Busy(`${notReached} orders of the file are left`);
      return {
        kind: 'processed',
        orderIds: [...new Set(report.items.flatMap(({ orderId }) => orderId ?? []))],
        detail: `${received} received, ${alreadyKnown} known already, ${refused} refused, ${notReached} not reached`,
        reply: JSON.stringify(report),
      };
    },
  };
}
