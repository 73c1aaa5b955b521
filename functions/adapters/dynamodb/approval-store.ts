import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AgentPolicy, Approval } from '../../../contract/agents.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { ApprovalStore } from '../../application/agents/approvals.ts';
import type { Table } from './client.ts';
import { AGENT_POLICY, APPROVALS, approvalKey, type Key } from './keys.ts';

/** Decisions stay in sight for a quarter of a year; what they led to is in the order's history for good. */
const KEPT_DAYS = 90;
const MOST_LISTED = 100;

/** Keeps the approvals that agents ask for: few, in one partition that is read from its end. */
export function approvalStore(table: Table): ApprovalStore {
  const read = async (key: Key) => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
    );
    return Item;
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
    async list() {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :approvals',
          ExpressionAttributeValues: { ':approvals': APPROVALS },
          ScanIndexForward: false,
          Limit: MOST_LISTED,
        }),
      );
      return Items.map((item) => item.approval as Approval);
    },
    async decide(approval) {
      try {
        await table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: { ...approvalKey(approval.approvalId) },
            UpdateExpression: 'SET approval = :approval, #status = :status',
            // Protects the decision of whoever was first.
            ConditionExpression: '#status = :pending',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':approval': approval,
              ':status': approval.status,
              ':pending': 'PENDING',
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
