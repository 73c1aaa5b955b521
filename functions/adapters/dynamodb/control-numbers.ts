import { gunzipSync, gzipSync } from 'node:zlib';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { ControlNumbers, NumberedDocument } from '../../channels/core/control-numbers.ts';
import { Busy, WriteFailed } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { controlNumberKey, type Key, numberedDocumentKey, sentNumberKey } from './keys.ts';
import { writeAll } from './transaction.ts';

/** How often a number is tried for when another document takes it first. */
const ATTEMPTS = 20;
/** ISA13 has nine digits; after the last one the numbers begin anew. */
const LAST_NUMBER = 999_999_999;

/** Keeps each partner's last number, and beside it every document that got one. */
export function controlNumbers(table: Table, pause: (attempt: number) => Promise<void>): ControlNumbers {
  const read = async (key: Key) => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
    );
    return Item;
  };
  const find = async (partner: string, name: string): Promise<NumberedDocument | null> => {
    const item = await read(numberedDocumentKey(partner, name));
    if (item === undefined) return null;
    const { fingerprint, controlNumber, orderId, content } = item;
    return {
      name,
      fingerprint,
      controlNumber,
      orderId,
      content: gunzipSync(content as Uint8Array).toString('utf8'),
    };
  };
  return {
    find,
    async findByNumber(partner, controlNumber) {
      const item = await read(sentNumberKey(partner, controlNumber));
      return item === undefined ? null : { name: item.name, orderId: item.orderId };
    },
    async issue(partner, { name, fingerprint, orderId }, write) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const earlier = await find(partner, name);
        if (earlier !== null) return earlier;
        const last = ((await read(controlNumberKey(partner)))?.last as number | undefined) ?? 0;
        const controlNumber = last === LAST_NUMBER ? 1 : last + 1;
        const content = write(controlNumber);
        const document = { name, fingerprint, controlNumber, orderId, content };
        try {
          await writeAll(table, [
            {
              item: {
                Put: {
                  TableName: table.name,
                  Item: { ...controlNumberKey(partner), kind: 'CONTROL_NUMBER', last: controlNumber },
                  // Protects the number: each is given once, and none is left out.
                  ConditionExpression: last === 0 ? 'attribute_not_exists(pk)' : '#last = :last',
                  ...(last !== 0 && {
                    ExpressionAttributeNames: { '#last': 'last' },
                    ExpressionAttributeValues: { ':last': last },
                  }),
                },
              },
              conflict: 'changed-meanwhile',
            },
            {
              item: {
                Put: {
                  TableName: table.name,
                  Item: {
                    ...numberedDocumentKey(partner, name),
                    kind: 'NUMBERED_DOCUMENT',
                    ...document,
                    content: gzipSync(content),
                  },
                  // Protects the name: one document, and one number, for one thing.
                  ConditionExpression: 'attribute_not_exists(pk)',
                },
              },
              conflict: 'changed-meanwhile',
            },
            // By its number the partner answers it. After 999,999,999 numbers the newer document is meant.
            ...(orderId === undefined
              ? []
              : [
                  {
                    item: {
                      Put: {
                        TableName: table.name,
                        Item: {
                          ...sentNumberKey(partner, controlNumber),
                          kind: 'SENT_NUMBER',
                          name,
                          orderId,
                        },
                      },
                    },
                  },
                ]),
          ]);
          return document;
        } catch (error) {
          if (!(error instanceof WriteFailed)) throw error;
          await pause(attempt);
        }
      }
      throw new Busy(`no control number for ${partner}: many documents ask for one at once; send it again`);
    },
  };
}
