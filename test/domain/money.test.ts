import { describe, expect, it } from 'vitest';
import {
  AmountText,
  CurrencyCode,
  currencyDigits,
  extend,
  hasCurrencyDigits,
  isBelowZero,
  minorUnits,
  minus,
  percentOf,
  share,
  sum,
  toCurrencyDigits,
  UnitPrice,
} from '../../domain/money.ts';
import fc from '../../testing/fast-check.ts';
import { propertyRuns } from '../../testing/property-runs.ts';

describe('the price of a line', () => {
  it.each([
    ['20.00', 24, 'USD', '480.00'],
    ['3.075', 1, 'USD', '3.08'],
    ['3.0749', 1, 'USD', '3.07'],
    ['0.005', 1, 'USD', '0.01'],
    ['0.004999', 1, 'USD', '0.00'],
    ['1.005', 1, 'USD', '1.01'],
    ['0.333333', 3, 'USD', '1.00'],
    ['0.000001', 1_000_000, 'USD', '1.00'],
    ['0', 7, 'USD', '0.00'],
    ['0.5', 1, 'JPY', '1'],
    ['0.4', 1, 'JPY', '0'],
    ['12.5', 3, 'JPY', '38'],
    ['0.0005', 1, 'BHD', '0.001'],
    ['1.2344', 1, 'BHD', '1.234'],
    ['0.00005', 1, 'CLF', '0.0001'],
    ['9999999.999999', 1_000_000, 'USD', '9999999999999.00'],
  ])('%s × %i in %s is %s: rounded half up, once', (unitPrice, quantity, currency, expected) => {
    expect(extend(unitPrice, quantity, currency)).toBe(expected);
  });

  it('is rounded at the line and not at the unit', () => {
    expect(extend('0.005', 3, 'USD')).toBe('0.02');
  });
});

describe('the digits of a currency', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['BHD', 3],
    ['CLF', 4],
    ['MGA', 2],
    ['MRU', 2],
  ])('%s has %i', (currency, digits) => {
    expect(currencyDigits(currency)).toBe(digits);
  });

  it.each([
    ['1', 'USD', true],
    ['1.2', 'USD', true],
    ['1.23', 'USD', true],
    ['1.234', 'USD', false],
    ['1.230', 'USD', false],
    ['1', 'JPY', true],
    ['1.0', 'JPY', false],
    ['1.234', 'BHD', true],
    ['1.2345', 'BHD', false],
  ])('%s %s: an amount with no more decimals than the currency has? %s', (amount, currency, fits) => {
    expect(hasCurrencyDigits(amount, currency)).toBe(fits);
  });

  it.each([
    ['1', 'USD', '1.00'],
    ['0', 'BHD', '0.000'],
    ['7', 'JPY', '7'],
    ['5.2', 'MGA', '5.20'],
  ])('%s %s is written %s', (amount, currency, expected) => {
    expect(toCurrencyDigits(amount, currency)).toBe(expected);
  });

  it('are refused of a currency that does not exist', () => {
    expect(() => currencyDigits('XXX')).toThrow(new RangeError('unknown currency XXX'));
  });
});

describe('sums', () => {
  it('of nothing are zero, in the digits of the currency', () => {
    expect(sum([], 'USD')).toBe('0.00');
    expect(sum([], 'JPY')).toBe('0');
  });

  it('do not drift as floats do', () => {
    expect(sum(['0.10', '0.20'], 'USD')).toBe('0.30');
    expect(
      sum(
        Array.from({ length: 1000 }, () => '0.01'),
        'USD',
      ),
    ).toBe('10.00');
  });

  it('stay exact beyond the safe integers', () => {
    expect(sum(['99999999999999999999.99', '0.01'], 'USD')).toBe('100000000000000000000.00');
  });

  it('may come out below zero', () => {
    expect(minus('1.00', '1.01', 'USD')).toBe('-0.01');
    expect(isBelowZero(minus('1.00', '1.01', 'USD'), 'USD')).toBe(true);
    expect(isBelowZero(minus('1.00', '1.00', 'USD'), 'USD')).toBe(false);
    expect(sum(['-0.05', '0.02'], 'USD')).toBe('-0.03');
  });

  it('are weighed in the smallest unit', () => {
    expect(minorUnits('12.34', 'USD')).toBe(1234n);
    expect(minorUnits('12', 'JPY')).toBe(12n);
    expect(minorUnits('0.001', 'BHD')).toBe(1n);
  });
});

describe('shares', () => {
  it('of no part are nothing, of the whole are everything', () => {
    expect(share('10.00', 0, 3, 'USD')).toBe('0.00');
    expect(share('10.00', 3, 3, 'USD')).toBe('10.00');
    expect(share('10.00', 4, 3, 'USD')).toBe('10.00');
  });

  it('of a cent that cannot be shared fall to one part', () => {
    const [one, two, three] = [1, 2, 3].map((part) => share('0.01', part, 3, 'USD'));
    expect([one, two, three]).toEqual(['0.00', '0.01', '0.01']);
  });

  const digits = fc.constantFrom(['JPY', 0] as const, ['USD', 2] as const, ['BHD', 3] as const);
  const amounts = digits.chain(([currency, decimals]) =>
    fc.record({
      currency: fc.constant(currency),
      amount: fc.bigInt(0n, 10n ** 12n).map((minor) => decimal(minor, decimals)),
      parts: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 }),
    }),
  );

  it('of growing parts grow, and their differences add up to the amount', () => {
    fc.assert(
      fc.property(amounts, ({ amount, currency, parts }) => {
        const whole = parts.reduce((total, part) => total + part, 0);
        fc.pre(whole > 0);
        let part = 0;
        const differences = parts.map((each) => {
          const before = share(amount, part, whole, currency);
          part += each;
          return minus(share(amount, part, whole, currency), before, currency);
        });
        expect(sum(differences, currency)).toBe(toCurrencyDigits(amount, currency));
        for (const difference of differences) expect(isBelowZero(difference, currency)).toBe(false);
      }),
      propertyRuns(200),
    );
  });

  it('are never a whole smallest unit away from the exact part', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 999 }), ({ amount, currency }, part) => {
        const exact = minorUnits(amount, currency) * BigInt(part);
        const got = minorUnits(share(amount, part, 1000, currency), currency) * 1000n;
        const error = got > exact ? got - exact : exact - got;
        expect(error < 1000n).toBe(true);
      }),
      propertyRuns(200),
    );
  });
});

describe('text that is taken for money', () => {
  it.each(['0', '0.00', '20.00', '3.075', '0.000001', '9999999.999999', '7'])('%s is a price', (text) => {
    expect(UnitPrice.parse(text)).toBe(text);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '1\n',
    '+1',
    '-1',
    '.5',
    '1.',
    '01',
    '00',
    '1e3',
    '0x10',
    '1,000.00',
    '1.0000001',
    '10000000',
    '١٢',
    '1２',
    'NaN',
    'Infinity',
    '__proto__',
  ])('%j is no price', (text) => {
    expect(UnitPrice.safeParse(text).success).toBe(false);
    if (text !== '10000000') expect(AmountText.safeParse(text).success).toBe(false);
  });

  it.each([20, 0.1, null, undefined, {}, ['1'], true])('%j is no price, since it is no text', (value) => {
    expect(UnitPrice.safeParse(value).success).toBe(false);
    expect(AmountText.safeParse(value).success).toBe(false);
  });

  it.each([
    ['100.00', '2', 'USD', '2.00'],
    ['33.33', '1.5', 'USD', '0.50'],
    ['0.25', '2.00', 'USD', '0.01'],
    ['12345', '0.5', 'JPY', '62'],
    ['0.00', '2', 'USD', '0.00'],
  ])('%s: %s percent in %s are %s', (amount, percent, currency, expected) => {
    expect(percentOf(amount, percent, currency)).toBe(expected);
  });

  it.each(['USD', 'JPY', 'BHD', 'CHF', 'MGA'])('%s is a currency', (code) => {
    expect(CurrencyCode.parse(code)).toBe(code);
  });

  it.each(['usd', 'US', 'USDT', 'XXX', '', 'DEM', '__proto__', 'constructor', 'USD '])(
    '%j is no currency',
    (code) => {
      expect(CurrencyCode.safeParse(code).success).toBe(false);
    },
  );
});

function decimal(minor: bigint, decimals: number): string {
  if (decimals === 0) return minor.toString();
  const text = minor.toString().padStart(decimals + 1, '0');
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}
