import { gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AgentPolicy, Approval, DEFAULT_POLICY } from '../../../contract/agents.ts';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { ApprovalStore } from '../../agents/approvals.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { compressedJson, getItem, parseItem, queryItems, type StoredItem } from './items.ts';
import { AGENT_POLICY, APPROVALS, approvalKey } from './keys.ts';

const PAGE = 100;
/** An item has 400 KB; the rest is what is noted later. */
const MAX_BYTES = 350_000;

/** What is decided later, which takes the place of what was asked for. */
const Decision = Approval.pick({
  status: true,
  decidedBy: true,
  decidedAt: true,
  orderId: true,
  detail: true,
});
/** What was asked for is compressed, since it may be a very large order. */
const StoredApproval = Decision.extend({ asked: compressedJson(Approval) });
/** The form of an earlier release. */
const UncompressedApproval = Decision.extend({ approval: Approval });
const StoredPolicy = z.object({ policy: AgentPolicy });

function approvalOf(item: StoredItem): Approval {
  if (item.asked === undefined) {
    const { approval, ...decision } = parseItem(UncompressedApproval, item);
    return { ...approval, ...decision };
  }
  const { asked, ...decision } = parseItem(StoredApproval, item);
  return { ...asked, ...decision };
}

/** Keeps the approvals that agents ask for: few, in one partition that is read from its end. */
export function approvalStore(table: Table): ApprovalStore {
  const newestFirst = (after: string | null, pageSize: number) =>
    queryItems(table, {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :approvals',
      ExpressionAttributeValues: { ':approvals': APPROVALS },
      ScanIndexForward: false,
      Limit: pageSize,
      ...(after !== null && { ExclusiveStartKey: { ...approvalKey(after) } }),
    });
  /** @returns the item as written, or null when its condition does not hold */
  const whileSo = async (update: UpdateCommandInput) => {
    try {
      return (await table.client.send(new UpdateCommand(update))).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  };
  /** A change of what nobody has decided: it protects the decision of whoever was first. */
  const undecided = (approvalId: string, decision: Partial<Approval>) => ({
    TableName: table.name,
    Key: { ...approvalKey(approvalId) },
    ...setting(decision),
    ConditionExpression: '#status = :pending AND attribute_not_exists(decidedBy)',
  });
  const storedPolicy = async () => {
    const item = await getItem(table, AGENT_POLICY);
    return item === null ? null : parseItem(StoredPolicy, item).policy;
  };
  return {
    policy: async () => (await storedPolicy()) ?? DEFAULT_POLICY,
    savePolicy: (policy, origin) =>
      writeAudited(table, origin, async () => {
        const before = await storedPolicy();
        const Item = { ...AGENT_POLICY, kind: 'AGENT_POLICY', policy };
        // Protects what another set since it was read.
        const unchanged =
          before === null
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: '#policy = :before', ExpressionAttributeNames: { '#policy': 'policy' } };
        return {
          writes: [
            {
              item: {
                Put: {
                  TableName: table.name,
                  Item,
                  ...unchanged,
                  ...(before !== null && { ExpressionAttributeValues: { ':before': before } }),
                },
              },
              conflict: 'changed-meanwhile',
            },
          ],
          result: undefined,
          act: {
            action: 'agent-policy.saved',
            subject: 'agent-policy',
            before: before ?? DEFAULT_POLICY,
            after: policy,
          },
        };
      }),
    async add(approval) {
      const asked = gzipSync(JSON.stringify(approval));
      if (asked.byteLength > MAX_BYTES) return false;
      const Item = {
        ...approvalKey(approval.approvalId),
        kind: 'APPROVAL',
        status: approval.status,
        asked,
        [EXPIRY_ATTRIBUTE]: expiresAfter(table.retention.approvals, approval.requestedAt),
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
      return true;
    },
    async get(approvalId) {
      const item = await getItem(table, approvalKey(approvalId));
      return item === null ? null : approvalOf(item);
    },
    async list(limit, after) {
      const items: Approval[] = [];
      for await (const item of newestFirst(after, limit)) {
        items.push(approvalOf(item));
        if (items.length === limit) break;
      }
      return { items, more: items.length === limit };
    },
    async pending(since) {
      const found: Approval[] = [];
      for await (const item of newestFirst(null, PAGE)) {
        const approval = approvalOf(item);
        if (approval.requestedAt <= since) break;
        if (approval.status === 'PENDING') found.push(approval);
      }
      return found;
    },
    claim: (approvalId, { actor, correlationId }, now) =>
      writeAudited(table, { actor, correlationId }, async () => {
        const item = await getItem(table, approvalKey(approvalId));
        const approval = item === null ? null : approvalOf(item);
        if (approval?.status !== 'PENDING') return { writes: [], result: null };
        // Somebody was cut off and approves again, or another was first.
        if (approval.decidedBy !== undefined) return { writes: [], result: approval };
        const decision = { decidedBy: actor.id, decidedAt: now };
        return {
          writes: [{ item: { Update: undecided(approvalId, decision) }, conflict: 'changed-meanwhile' }],
          result: { ...approval, ...decision },
          act: { action: 'approval.approved', subject: approvalId, after: whatWasAsked(approval) },
        };
      }),
    async conclude(approval) {
      const { status, orderId, detail } = approval;
      const written = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approval.approvalId) },
        ...setting({ status, orderId, detail }),
        // Protects what another noted first.
        ConditionExpression: '#status = :pending',
      });
      return written !== null;
    },
    decline: (declined, origin) =>
      writeAudited(table, origin, async () => {
        const item = await getItem(table, approvalKey(declined.approvalId));
        const approval = item === null ? null : approvalOf(item);
        const isOpen = approval?.status === 'PENDING' && approval.decidedBy === undefined;
        if (!isOpen) return { writes: [], result: false };
        const { status, decidedBy, decidedAt, detail } = declined;
        const decision = { status, decidedBy, decidedAt, detail };
        return {
          writes: [
            { item: { Update: undecided(declined.approvalId, decision) }, conflict: 'changed-meanwhile' },
          ],
          result: true,
          act: {
            action: 'approval.declined',
            subject: declined.approvalId,
            after: { ...whatWasAsked(approval), reason: detail },
          },
        };
      }),
  };
}

/** The update of attributes to values, of those that there are, while an approval is PENDING. */
function setting(values: Partial<Approval>) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const set = given.map(([name]) => `${name === 'status' ? '#status' : name} = :${name}`);
  return {
    UpdateExpression: `SET ${set.join(', ')}`,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      ':pending': 'PENDING',
    },
  };
}

/** What the audit trail says of a request; the arguments may hold a customer's data. */
function whatWasAsked({ tool, agent, orderId }: Approval) {
  return { tool, agent, ...(orderId !== undefined && { orderId }) };
}
