import { checkpointArchive, keySigner } from './adapters/checkpoint-archive.ts';
import { auditChain } from './adapters/dynamodb/audit-trail.ts';
import type { Table } from './adapters/dynamodb/client.ts';
import { sealedEvents } from './adapters/dynamodb/sealed-events.ts';
import type { Checkpoints } from './events/checkpoints.ts';
import { environment, optional } from './wiring.ts';

/** @returns what checkpoints are written and verified with; null in a loop that writes none */
export function createCheckpoints(table: Table): Checkpoints | null {
  const bucket = optional('CHECKPOINT_BUCKET');
  if (bucket === undefined) return null;
  return {
    events: sealedEvents(table),
    audit: auditChain(table),
    archive: checkpointArchive(bucket),
    signer: keySigner(environment('CHECKPOINT_KEY_ID')),
  };
}
