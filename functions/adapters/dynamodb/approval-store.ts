import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { AgentPolicy, Approval } from '../../../contract/agents.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { ApprovalStore } from '../../agents/approvals.ts';
import type { Table } from './client.ts';
import { AGENT_POLICY, APPROVALS, approvalKey, type Key } from './keys.ts';

/** Decisions stay in sight for a quarter of a year; what they led to is in the order's history for good. */
const KEPT_DAYS = 90;
const PAGE = 100;
/** An item has 400 KB; the rest is what is noted later. */
const MAX_BYTES = 350_000;

/** What was asked for is packed, since it may be a very large order; what became of it stands beside it. */
function approvalOf(item: Readonly<Record<string, unknown>>): Approval {
  // An earlier release kept it as it is.
  const asked = item.approval ?? JSON.parse(gunzipSync(item.asked as Uint8Array).toString('utf8'));
  const { status, decidedBy, decidedAt, orderId, detail } = item;
  const told = Object.entries({ status, decidedBy, decidedAt, orderId, detail });
  return { ...asked, ...Object.fromEntries(told.filter(([, value]) => value !== undefined)) };
}

/** Keeps the approvals that agents ask for: few, in one partition that is read from its end. */
export function approvalStore(table: Table): ApprovalStore {
  const read = async (key: Key) => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
    );
    return Item;
  };
  const newest = async (most: number, after: string | null) => {
    const found: Approval[] = [];
    let start: Record<string, unknown> | undefined = after === null ? undefined : { ...approvalKey(after) };
    do {
      // A page of the store ends with its megabyte, however few that were.
      const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :approvals',
          ExpressionAttributeValues: { ':approvals': APPROVALS },
          ScanIndexForward: false,
          Limit: most - found.length,
          ExclusiveStartKey: start,
        }),
      );
      found.push(...Items.map(approvalOf));
      start = LastEvaluatedKey;
    } while (start !== undefined && found.length < most);
    return found;
  };
  /** @returns the item as written, or null when its condition does not hold */
  const whileSo = async (update: UpdateCommandInput) => {
    try {
      return (await table.client.send(new UpdateCommand(update))).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  };
  return {
    async policy() {
      return ((await read(AGENT_POLICY))?.policy as AgentPolicy | undefined) ?? { rules: [] };
    },
    async savePolicy(policy) {
      const Item = { ...AGENT_POLICY, kind: 'AGENT_POLICY', policy };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
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
      const item = await read(approvalKey(approvalId));
      return item === undefined ? null : approvalOf(item);
    },
    async list(most, after) {
      const items = await newest(most, after);
      return { items, more: items.length === most };
    },
    async pending(since) {
      const found: Approval[] = [];
      for (let after: string | null = null; ; ) {
        const page: readonly Approval[] = await newest(PAGE, after);
        found.push(...page.filter(({ status, requestedAt }) => status === 'PENDING' && requestedAt > since));
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE || last.requestedAt <= since) return found;
        after = last.approvalId;
      }
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
      const told = Object.entries({ decidedBy, decidedAt, orderId, detail }).filter(
        ([, value]) => value !== undefined,
      );
      const written = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approval.approvalId) },
        UpdateExpression: `SET #status = :status${told.map(([name]) => `, ${name} = :${name}`).join('')}`,
        // Protects the decision of whoever was first; what somebody approved is not declined while it is carried out.
        ConditionExpression: approved
          ? '#status = :pending'
          : '#status = :pending AND attribute_not_exists(decidedBy)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...Object.fromEntries(told.map(([name, value]) => [`:${name}`, value])),
          ':status': status,
          ':pending': 'PENDING',
        },
        ReturnValues: 'ALL_NEW',
      });
      return written !== null;
    },
  };
}
