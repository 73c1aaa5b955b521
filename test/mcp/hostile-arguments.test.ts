import { beforeAll, expect, test } from 'vitest';
import { AGENT_TOOLS } from '../../contract/agents.ts';
import fc from '../../testing/fast-check.ts';
import { caseCount } from '../../testing/property-runs.ts';
import { sharedStack, useStack } from '../../testing/stack.ts';
import { ALL_SCOPES, api, connect, post } from './session.ts';

const stack = useStack(sharedStack);
const RUNS = caseCount(20);
let orderId = '';

beforeAll(async () => {
  await api(stack(), 'POST', '/v1/inventory/HOSTILE/lots', { lotNumber: 'LOT-1', quantity: 1000 });
  const { body } = await api(stack(), 'POST', '/v1/orders', {
    currency: 'USD',
    customer: { name: 'Ada', reference: 'C-1' },
    lines: [
      { sku: 'HOSTILE', quantity: 5, unitPrice: '20.00' },
      { sku: 'HOSTILE', quantity: 7, unitPrice: '3.075' },
    ],
  });
  orderId = body.orderId;
});

const READING = [
  ...['search_orders', 'get_board', 'list_backorders', 'at_risk_orders', 'get_order', 'get_order_history'],
  ...['explain_order', 'check_availability', 'get_invoice', 'create_portal_link', 'check_approval'],
];

/** Text of every kind, also what no store and no path takes. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\u202e',
    '\ud800',
    '../..',
    '%2e%2e',
    'HOSTILE',
    'LOT-1',
    'UPS',
    'USD',
    'OTHER',
  ),
  fc.constantFrom(
    '2026-03-10',
    '2026-02-30',
    '9999-12-31T23:59:59Z',
    '1e400',
    '-0',
    '20.00',
    '9999999.999999',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ minLength: 1000, maxLength: 5000 }),
);
const number = fc.oneof(fc.constantFrom(-1, 0, 1, 2, 1e6, 1e9, 2 ** 53, 0.5), fc.integer());
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, text, number, fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(
    fc.constantFrom(
      'lineNumber',
      'quantity',
      'sku',
      'lotNumber',
      'name',
      'start',
      'end',
      '__proto__',
      'toString',
    ),
    tie('value'),
    { maxKeys: 4 },
  ),
})).value;

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Values that mostly have the shape that a schema asks for, and hold anything. */
function shaped(schema: Schema, definitions: Schema['$defs'] = {}): fc.Arbitrary<unknown> {
  const named = schema.$ref?.split('/').at(-1);
  if (named !== undefined) return shaped(definitions[named] ?? {}, definitions);
  const right = (): fc.Arbitrary<unknown> => {
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.type === 'array') return fc.array(shaped(schema.items ?? {}, definitions), { maxLength: 3 });
    if (schema.type === 'integer') return number;
    if (schema.type === 'string') return text;
    if (schema.properties === undefined) return value;
    const fields = Object.entries(schema.properties).map(([name, field]) => [
      name,
      name === 'orderId' ? fc.constant('$ORDER') : shaped(field, definitions),
    ]);
    const whole: fc.Arbitrary<Record<string, unknown>> = fc.record(Object.fromEntries(fields));
    const optional = Object.keys(schema.properties).filter((name) => !schema.required?.includes(name));
    return fc
      .tuple(whole, fc.subarray(optional))
      .map(([all, left]) => Object.fromEntries(Object.entries(all).filter(([name]) => !left.includes(name))));
  };
  return fc.oneof({ arbitrary: right(), weight: 12 }, { arbitrary: value, weight: 1 });
}

test.each([...READING, ...AGENT_TOOLS])(
  '%s refuses in words whatever it is given, and never fails',
  async (name) => {
    const token = await stack().token(ALL_SCOPES, `hostile-${name}`);
    const client = await connect(stack());
    const { tools } = await client.listTools();
    await client.close();
    const tool = tools.find((each) => each.name === name);
    const schema = (tool?.inputSchema ?? {}) as Schema;
    await fc.assert(
      fc.asyncProperty(shaped(schema, schema.$defs), async (given) => {
        const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } };
        const { status, text: answer } = await post(
          stack(),
          token,
          JSON.stringify(message).replaceAll('$ORDER', orderId),
        );
        expect(status, answer).toBeLessThan(500);
        expect(answer).not.toContain('internal_error');
        expect(answer).not.toContain('Output validation error');
        expect(answer).not.toContain('-32603');
      }),
      { numRuns: RUNS },
    );
  },
  60_000,
);
