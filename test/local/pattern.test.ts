import { describe, expect, it } from 'vitest';
import { matches } from '../../infra/local/pattern.ts';

const event = {
  source: 'quartermaster',
  'detail-type': 'credits.balance_low.v1',
  resources: ['cus_1', 'cus_2'],
  detail: { balance: 7, state: null, to: { name: 'Ann' }, lines: [{ sku: 'a' }, { sku: 'b' }] },
};

describe.each<[string, unknown, boolean]>([
  ['a value of the list', { source: ['other', 'quartermaster'] }, true],
  ['no value of the list', { source: ['other'] }, false],
  ['all fields at once', { source: ['quartermaster'], 'detail-type': ['x'] }, false],
  ['an element of an array', { resources: ['cus_2'] }, true],
  ['a nested field', { detail: { to: { name: ['Ann'] } } }, true],
  ['a field of an object in an array', { detail: { lines: { sku: ['b'] } } }, true],
  ['null as a value', { detail: { state: [null] } }, true],
  ['a prefix', { 'detail-type': [{ prefix: 'credits.' }] }, true],
  ['a suffix', { 'detail-type': [{ suffix: '.v2' }] }, false],
  ['a word in any case', { source: [{ 'equals-ignore-case': 'QUARTERMASTER' }] }, true],
  ['a wildcard', { 'detail-type': [{ wildcard: 'credits.*.v1' }] }, true],
  ['a wildcard taken literally elsewhere', { 'detail-type': [{ wildcard: 'credits?balance*' }] }, false],
  ['something that exists', { detail: { balance: [{ exists: true }] } }, true],
  ['something that does not exist', { detail: { missing: [{ exists: false }] } }, true],
  ['absence of what exists', { detail: { balance: [{ exists: false }] } }, false],
  ['existence below an absent parent', { detail: { none: { at: [{ exists: true }] } } }, false],
  ['a number within bounds', { detail: { balance: [{ numeric: ['>', 0, '<=', 7] }] } }, true],
  ['a number out of bounds', { detail: { balance: [{ numeric: ['>=', 8] }] } }, false],
  ['anything but a value', { source: [{ 'anything-but': ['aws.ses'] }] }, true],
  ['anything but its own value', { source: [{ 'anything-but': 'quartermaster' }] }, false],
  ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'quarter' } }] }, false],
  ['anything but a value, where there is none', { none: [{ 'anything-but': 'x' }] }, false],
  ['one of two branches', { $or: [{ source: ['x'] }, { detail: { balance: [7] } }] }, true],
])('a pattern with %s', (_name, pattern, expected) => {
  it(expected ? 'matches' : 'does not match', () => expect(matches(pattern, event)).toBe(expected));
});

it('refuses an operator that it does not know rather than guess', () => {
  expect(() => matches({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow('cidr is not known locally');
});
