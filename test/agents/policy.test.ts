import { describe, expect, test } from 'vitest';
import { AGENT_TOOLS, AgentPolicy, DEFAULT_POLICY, DESTRUCTIVE_TOOLS } from '../../contract/agents.ts';
import { type Judged, needsPerson } from '../../functions/agents/policy.ts';

const line = { ordered: 10, unitPrice: '20.00' } as Judged['lines'][number];
const order = (more: Partial<Judged> = {}): Judged => ({
  total: '200.00',
  currency: 'USD',
  customer: { name: 'IRONRIDGE Construction', reference: 'C-88' },
  lines: [line],
  ...more,
});
const asks = (rules: AgentPolicy['rules'], ...orders: Judged[]) =>
  needsPerson({ rules }, 'create_order', orders);

describe('a rule by customer', () => {
  const rules = [{ customerReferences: ['C-88'] }];

  test.each(['c-88', 'C-\u200b88', 'C-88\u2060', '\u00adC-88', 'Ｃ-８８'])(
    'counts for %j too',
    (reference) => {
      expect(asks(rules, order({ customer: { name: 'x', reference } }))).toBe(true);
    },
  );

  test('counts for the name of one without a reference', () => {
    const named = [{ customerReferences: ['Ironridge  construction'] }];
    expect(asks(named, order({ customer: { name: 'IRONRIDGE Construction' } }))).toBe(true);
    expect(asks(named, order({ customer: { name: 'Another' } }))).toBe(false);
  });

  test('counts for the customer before and after', () => {
    const other = order({ customer: { name: 'x', reference: 'C-89' } });
    expect(asks(rules, other)).toBe(false);
    expect(asks(rules, order(), other)).toBe(true);
  });
});

describe('a rule by amount', () => {
  const above = (amount: string, currency = 'USD') => ({ amountAbove: { currency, amount } });

  test('looks at what the lines come to before discounts', () => {
    const discounted = order({ total: '0.01' });
    expect(asks([above('199.99')], discounted)).toBe(true);
    expect(asks([above('200.00')], discounted)).toBe(false);
    expect(asks([above('200.00')], order({ total: '200.01' }))).toBe(true);
  });

  test('asks in a currency that no rule names', () => {
    const rules = [above('1000.00'), above('1000.00', 'EUR')];
    expect(asks(rules, order())).toBe(false);
    expect(asks(rules, order({ currency: 'EUR' }))).toBe(false);
    expect(asks(rules, order({ currency: 'JPY', total: '1', lines: [] }))).toBe(true);
  });
});

test('a rule by quantity looks at the units of all lines', () => {
  const many = order({ lines: [line, line] });
  expect(asks([{ quantityAbove: 19 }], many)).toBe(true);
  expect(asks([{ quantityAbove: 20 }], many)).toBe(false);
  expect(asks([{ quantityAbove: 19 }], order(), many)).toBe(true);
});

describe('the policy of a loop in which nobody has set one', () => {
  test('is one that can be set', () => {
    expect(AgentPolicy.safeParse(DEFAULT_POLICY).success).toBe(true);
  });

  test('asks for every destructive tool, and for no other below its amounts', () => {
    for (const tool of AGENT_TOOLS) {
      const isDestructive = (DESTRUCTIVE_TOOLS as readonly string[]).includes(tool);
      expect(needsPerson(DEFAULT_POLICY, tool, [order()]), tool).toBe(isDestructive);
    }
  });

  test('asks above an amount, in other currencies too', () => {
    expect(needsPerson(DEFAULT_POLICY, 'create_order', [order({ total: '1000.01' })])).toBe(true);
    expect(needsPerson(DEFAULT_POLICY, 'hold_order', [order({ currency: 'JPY' })])).toBe(true);
  });
});
