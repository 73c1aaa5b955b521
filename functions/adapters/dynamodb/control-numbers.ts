import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { ControlNumbers, NumberedDocument } from '../../channels/core/control-numbers.ts';
import { Busy, WriteFailed } from '../../write-failures.ts';
import type { Table } from './client.ts';
import { CompressedText, getItem, parseItem } from './items.ts';
import { controlNumberKey, expiryOf, numberedDocumentKey, sentNumberKey } from './keys.ts';
import { writeAll } from './transaction.ts';

/** How often a number is tried for when another document takes it first. */
const ATTEMPTS = 20;
/** ISA13 has nine digits; after the last one the numbers begin anew. */
const LAST_NUMBER = 999_999_999;

const SentNumber = z.object({ name: z.string(), orderId: z.string() });
const StoredDocument = z.object({
  fingerprint: z.string(),
  controlNumber: z.int(),
  orderId: z.string().optional(),
  content: CompressedText,
});
const LastNumber = z.object({ last: z.int() });

/** Keeps each partner's last number, and beside it every document that got one. */
export function controlNumbers(table: Table, pause: (attempt: number) => Promise<void>): ControlNumbers {
  const find = async (partner: string, name: string): Promise<NumberedDocument | null> => {
    const item = await getItem(table, numberedDocumentKey(partner, name));
    return item === null ? null : { name, ...parseItem(StoredDocument, item) };
  };
  return {
    find,
    async findByNumber(partner, controlNumber) {
      const item = await getItem(table, sentNumberKey(partner, controlNumber));
      return item === null ? null : parseItem(SentNumber, item);
    },
    async issue(partner, { name, fingerprint, orderId }, write) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const earlier = await find(partner, name);
        if (earlier !== null) return earlier;
        const issued = await getItem(table, controlNumberKey(partner));
        const last = issued === null ? 0 : parseItem(LastNumber, issued).last;
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
                    ...expiryOf(table, orderId),
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
                          ...expiryOf(table, orderId),
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
