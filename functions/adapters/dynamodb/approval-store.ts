import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { AgentPolicy, Approval } from '../../../contract/agents.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { ApprovalStore } from '../../application/agents/approvals.ts';
import type { Table } from './client.ts';
import { AGENT_POLICY, APPROVALS, approvalKey, type Key } from './keys.ts';

/** Decisions stay in sight for a quarter of a year; what they led to is in the order's history for good. */
const KEPT_DAYS = 90;
const PAGE = 100;

/** Keeps the approvals that agents ask for: few, in one partition that is read from its end. */
export function approvalStore(table: Table): ApprovalStore {
  const read = async (key: Key) => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
    );
    return Item;
  };
  const newest = async (most: number, after: string | null) => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :approvals',
        ExpressionAttributeValues: { ':approvals': APPROVALS },
        ScanIndexForward: false,
        Limit: most,
        ExclusiveStartKey: after === null ? undefined : approvalKey(after),
      }),
    );
    return Items.map((item) => item.approval as Approval);
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
      const Item = {
        ...approvalKey(approval.approvalId),
        kind: 'APPROVAL',
        status: approval.status,
        approval,
        [EXPIRY_ATTRIBUTE]: Math.floor(Date.parse(approval.requestedAt) / 1000) + KEPT_DAYS * 86_400,
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
    async get(approvalId) {
      return ((await read(approvalKey(approvalId)))?.approval as Approval | undefined) ?? null;
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
      const Item = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approvalId) },
        UpdateExpression:
          'SET approval.decidedBy = if_not_exists(approval.decidedBy, :person), approval.decidedAt = if_not_exists(approval.decidedAt, :now)',
        // Protects what was declined, or carried out, from being carried out.
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':person': person, ':now': now, ':pending': 'PENDING' },
        ReturnValues: 'ALL_NEW',
      });
      return (Item?.approval as Approval | undefined) ?? null;
    },
    async decide(approval, approved) {
      const written = await whileSo({
        TableName: table.name,
        Key: { ...approvalKey(approval.approvalId) },
        UpdateExpression: 'SET approval = :approval, #status = :status',
        // Protects the decision of whoever was first; what somebody approved is not declined while it is carried out.
        ConditionExpression: approved
          ? '#status = :pending'
          : '#status = :pending AND attribute_not_exists(approval.decidedBy)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':approval': approval,
          ':status': approval.status,
          ':pending': 'PENDING',
        },
        ReturnValues: 'ALL_NEW',
      });
      return written !== null;
    },
  };
}
