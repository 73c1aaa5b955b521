import type { Connection } from '../../../contract/connections.ts';
import { mapConcurrently } from '../../map-concurrently.ts';
import type { Channel } from '../channel.ts';

/** Partners that are sent to side by side. */
const AT_ONCE = 4;

/**
 * Sends stock to the partners that want it and to whom it is due. One that cannot be reached keeps no other waiting, and is
 * sent the same by the next run.
 *
 * @param channelOf the channel of a connection's kind, where there is one
 * @param until epoch milliseconds after which nothing further is begun
 * @returns how many documents were sent
 */
export async function adviseStock(
  channelOf: (kind: string) => Channel | undefined,
  connections: readonly Connection[],
  until: number,
  report: (connectionId: string, error: unknown) => void,
): Promise<number> {
  let sent = 0;
  await mapConcurrently(connections, AT_ONCE, async (connection) => {
    const channel = channelOf(connection.kind);
    if (channel?.adviseStock === undefined || Date.now() >= until) return;
    try {
      sent += await channel.adviseStock(connection, until);
    } catch (error) {
      report(connection.connectionId, error);
    }
  });
  return sent;
}
