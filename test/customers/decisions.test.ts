import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAdministrator,
  administrates,
  removeAdministrator,
  toMembership,
} from '../../lib/customers/administrator.ts';
import { changeCustomer } from '../../lib/customers/change.ts';
import type { Person } from '../../lib/customers/company.ts';
import { addCustomer } from '../../lib/customers/customer.ts';
import { contactNames } from '../../lib/customers/particulars.ts';
import { newCustomer, toCustomer } from '../../lib/customers/profile.ts';
import { platformId } from '../../lib/kit/id.ts';
import { companyKey, memberKey, personKey } from '../../lib/kit/keys.ts';
import type { Item, Plan, Write } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';
import type { Node } from '../../lib/kit/scope.ts';

const idOf = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;
const customerId = idOf('cus', 1);
const now = '2026-11-21T10:00:00.000Z';
const person = (n: number): Person => ({
  ...personKey('prv', 'com', idOf('per', n)),
  id: idOf('per', n),
  name: `Person ${n}`,
  email: `p${n}@customer.example`,
  version: 1,
});

type Table = Map<string, Item>;
const at = ({ PK, SK }: { PK: string; SK: string }) => `${PK}|${SK}`;

/** A transaction as the table would take it: all or nothing. */
function write(table: Table, writes: readonly Write[]): boolean {
  const holds = writes.every((one) => {
    if (one.do === 'create') return !table.has(at(one.item));
    if (one.do === 'replace') return table.get(at(one.item))?.version === one.version;
    if (one.do === 'remove') {
      const found = table.get(at(one.key));
      return found !== undefined && (one.version === undefined || found.version === one.version);
    }
    if (one.do === 'check') return (table.get(at(one.key))?.version ?? null) === one.version;
    return true;
  });
  if (!holds) return false;
  for (const one of writes) {
    if (one.do === 'create' || one.do === 'replace') table.set(at(one.item), one.item);
    if (one.do === 'remove') table.delete(at(one.key));
  }
  return true;
}

const members = (table: Table) =>
  [...table.values()].filter((item) => item.kind === 'member').map((item) => toMembership(item, customerId));

/** What the shell would do: load from the table, decide; a refusal is no plan. */
function decide(table: Table, step: { add: boolean; who: number }): Plan | undefined {
  const found = members(table);
  const current = found.find((one) => one.personId === idOf('per', step.who));
  try {
    if (step.add) return addAdministrator(customerId, { person: person(step.who), current, line: [] }, now);
    if (!current) return undefined;
    return removeAdministrator(
      current,
      found.find((one) => administrates(one) && one !== current),
    );
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function founded(count: number): Table {
  const table: Table = new Map();
  for (let n = 0; n < 5; n++) table.set(at(person(n)), { ...person(n) });
  for (let n = 0; n < count; n++) {
    write(
      table,
      addAdministrator(customerId, { person: person(n), current: undefined, line: [] }, now).writes,
    );
  }
  return table;
}

const step = fc.record({ add: fc.boolean(), who: fc.nat(4) });

describe('administrators', () => {
  it('at least one remains after any sequence', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 30 }), (count, steps) => {
        const table = founded(count);
        for (const one of steps) {
          const plan = decide(table, one);
          if (plan) expect(write(table, plan.writes)).toBe(true);
          expect(members(table).filter(administrates).length).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('at least one remains when many decide on the same sight and commit in any order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 2, maxLength: 6 }),
        (count, steps) => {
          const table = founded(count);
          const plans = steps.map((one) => decide(table, one)).filter((plan) => plan !== undefined);
          for (const plan of plans) write(table, plan.writes);
          expect(members(table).filter(administrates).length).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it('an operator who becomes administrator keeps that role, both ways', () => {
    const table = founded(1);
    const operator = {
      ...person(4),
      kind: 'member',
      roles: ['CUSTOMER_OPERATOR'],
      state: 'ACTIVE',
      createdAt: now,
    };
    table.set(at(memberKey(customerId, operator.id)), { ...operator, ...memberKey(customerId, operator.id) });
    for (const add of [true, false]) {
      const plan = decide(table, { add, who: 4 });
      expect(plan && write(table, plan.writes)).toBe(true);
      const roles = members(table).find((one) => one.personId === operator.id)?.roles;
      expect(roles).toEqual(add ? ['CUSTOMER_OPERATOR', 'CUSTOMER_ADMINISTRATOR'] : ['CUSTOMER_OPERATOR']);
    }
  });
});

const provider: Node = {
  id: idOf('prv', 1),
  type: 'PROVIDER',
  path: [platformId, idOf('prv', 1)],
  name: 'MSP',
  version: 1,
  item: {},
};
const made = { id: customerId, now, again: false };

function add(more: Record<string, unknown>, count: number, company: { type: string; name: string }) {
  const people = Array.from({ length: count }, (_, n) => person(n));
  const command = newCustomer.parse({
    companyId: idOf('com', 1),
    accountManagerEmail: 'manager@msp.example',
    administrators: people.map((one) => one.id),
    ...more,
  });
  const item = { ...companyKey(provider.id, idOf('com', 1)), id: idOf('com', 1), ...company, version: 3 };
  const facts = { mspModeOn: true, codesTaken: [], company: { ...item, item }, people };
  return addCustomer(provider, { command, facts }, made);
}

describe('a customer', () => {
  it('stands below its parent with every named administrator, in one transaction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const { writes } = add({}, count, { type: 'CUSTOMER', name: 'Alpine Dairy' });
        expect(writes.length + 2).toBeLessThanOrEqual(100);
        const items = writes.flatMap((one) => (one.do === 'create' ? [one.item] : []));
        expect(items.find((one) => one.kind === 'node')?.path).toBe([...provider.path, customerId].join('/'));
        expect(items.filter((one) => one.kind === 'member')).toHaveLength(count);
        expect(items.filter((one) => one.kind === 'identity')).toHaveLength(count);
      }),
    );
  });

  it('changes three ways: absent stays, null clears, a value is set', () => {
    const text = fc.constantFrom('Graz', 'Linz', 'Wels');
    const change = fc.dictionary(
      fc.constantFrom(...contactNames.filter((one) => one !== 'timeZone')),
      fc.option(text),
    );
    fc.assert(
      fc.property(change, change, (first, second) => {
        const given = Object.fromEntries(Object.entries(first).filter(([, value]) => value !== null));
        const [create] = add(given, 1, { type: 'VENDOR', name: 'Alpine Dairy' }).writes;
        if (create?.do !== 'create') throw new Error('The profile comes first');
        const node: Node = {
          ...provider,
          id: customerId,
          path: [...provider.path, customerId],
          item: { ...create.item, other: 1 },
        };
        const plan = changeCustomer(node, second);
        const before = toCustomer(node.item);
        expect(plan.reply.body).toEqual({ ...before, ...second });
        const [replace] = plan.writes;
        if (JSON.stringify(plan.reply.body) === JSON.stringify(before)) expect(plan.writes).toEqual([]);
        else if (replace?.do === 'replace')
          expect(replace.item).toMatchObject({ other: 1, version: 2, ...second });
        else throw new Error('A change is one replacement');
      }),
    );
  });
});
