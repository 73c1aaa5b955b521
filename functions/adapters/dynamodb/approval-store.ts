import { gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AgentPolicy, Approval, DEFAULT_POLICY } from '../../../contract/agents.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { ApprovalStore } from '../../agents/approvals.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { compressedJson, getItem, parseItem, queryItems, type StoredItem } from './items.ts';
import { AGENT_POLICY, APPROVALS, approvalKey } from './keys.ts';

/** Decisions stay in sight for a quarter of a year; what they led to is in the order's history for good. */
const KEPT_DAYS = 90;
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
        [EXPIRY_ATTRIBUTE]: Math.floor(Date.parse(approval.requestedAt) / 1000) + KEPT_DAYS * 86_400,
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
    async claim(approvalId, person, now) {
      const item = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approvalId) },
        UpdateExpression:
          'SET decidedBy = if_not_exists(decidedBy, :person), decidedAt = if_not_exists(decidedAt, :now)',
        // Protects what was declined, or carried out, from being carried out.
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':person': person, ':now': now, ':pending': 'PENDING' },
        ReturnValues: 'ALL_NEW',
      });
      return item === null ? null : approvalOf(item);
    },
    async decide(approval, approved) {
      const { status, decidedBy, decidedAt, orderId, detail } = approval;
      const given = Object.entries({ decidedBy, decidedAt, orderId, detail }).filter(
        ([, value]) => value !== undefined,
      );
      const written = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approval.approvalId) },
        UpdateExpression: `SET #status = :status${given.map(([name]) => `, ${name} = :${name}`).join('')}`,
        // Protects the decision of whoever was first; what somebody approved is not declined while it is carried out.
        ConditionExpression: approved
          ? '#status = :pending'
          : '#status = :pending AND attribute_not_exists(decidedBy)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
          ':status': status,
          ':pending': 'PENDING',
        },
        ReturnValues: 'ALL_NEW',
      });
      return written !== null;
    },
  };
}
