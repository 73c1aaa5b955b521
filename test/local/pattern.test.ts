import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../local/events/pattern.ts';

describe('event patterns', () => {
  const event = {
    source: 'order-loop',
    'detail-type': 'OrderShipped',
    detail: {
      channel: 'SHOPIFY',
      sequence: 7,
      tags: ['gift', 'rush'],
      note: null,
      lines: [{ sku: 'A' }, { sku: 'B' }],
    },
  };

  test.each([
    ['an exact value', { source: ['order-loop'] }, true],
    ['one of several values', { 'detail-type': ['OrderClosed', 'OrderShipped'] }, true],
    ['another value', { source: ['elsewhere'] }, false],
    ['all fields at once', { source: ['order-loop'], 'detail-type': ['OrderClosed'] }, false],
    ['an element of a list', { detail: { tags: ['rush'] } }, true],
    ['a field of an object in a list', { detail: { lines: { sku: ['B'] } } }, true],
    ['null', { detail: { note: [null] } }, true],
    ['a number by value', { detail: { sequence: [7] } }, true],
    ['no text for a number', { detail: { sequence: ['7'] } }, false],
    ['prefix', { 'detail-type': [{ prefix: 'Order' }] }, true],
    ['suffix', { 'detail-type': [{ suffix: 'Shipped' }] }, true],
    ['equals-ignore-case', { detail: { channel: [{ 'equals-ignore-case': 'shopify' }] } }, true],
    ['wildcard', { 'detail-type': [{ wildcard: 'Order*ped' }] }, true],
    [
      'wildcard takes other signs for what they are',
      { 'detail-type': [{ wildcard: 'Order.hipped' }] },
      false,
    ],
    ['anything-but a value', { detail: { channel: [{ 'anything-but': 'EDI' }] } }, true],
    ['anything-but a list', { detail: { channel: [{ 'anything-but': ['EDI', 'SHOPIFY'] }] } }, false],
    ['anything-but a prefix', { 'detail-type': [{ 'anything-but': { prefix: 'Order' } }] }, false],
    ['anything-but asks for the field', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    ['exists', { detail: { channel: [{ exists: true }] } }, true],
    ['does not exist', { detail: { missing: [{ exists: false }] } }, true],
    ['does not exist below what is missing', { missing: { field: [{ exists: false }] } }, true],
    ['null exists', { detail: { note: [{ exists: false }] } }, false],
    ['numeric range', { detail: { sequence: [{ numeric: ['>', 6, '<=', 7] }] } }, true],
    ['outside the range', { detail: { sequence: [{ numeric: ['<', 7] }] } }, false],
    ['$or', { $or: [{ source: ['x'] }, { detail: { sequence: [7] } }] }, true],
    ['$or beside a field', { source: ['x'], $or: [{ detail: { sequence: [7] } }] }, false],
  ])('%s', (_, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  test.each([
    ['a bare value', { source: 'order-loop' }],
    ['an empty list', { source: [] }],
    ['an unknown comparison', { source: [{ cidr: '10.0.0.0/8' }] }],
    ['two comparisons in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['a comparison of the wrong type', { source: [{ prefix: 7 }] }],
    ['half a range', { source: [{ numeric: ['<'] }] }],
    ['$or that is no list', { $or: { source: ['x'] } }],
  ])('refuses %s, and says where', (_, pattern) => {
    expect(() => compilePattern(pattern, 'rule R')).toThrow(/rule R/);
  });

  test('does not take what every object has for a field', () => {
    expect(compilePattern({ constructor: [{ exists: true }] })({})).toBe(false);
  });
});
