import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../lib/aws/body.ts';
import { chunkItem, portions, unpack } from '../../lib/directory/chunk.ts';
import {
  companyItem,
  companyNameKey,
  type companyType,
  makeCompany,
  mayHavePeople,
  type StoredCompany,
} from '../../lib/directory/company.ts';
import { readRows } from '../../lib/directory/file.ts';
import { countMembers, groupKey, groupsOf, type Step, toGroup } from '../../lib/directory/group.ts';
import { landCompanies, landPeople } from '../../lib/directory/landing.ts';
import { changed } from '../../lib/directory/move.ts';
import { makePerson, newPerson, personItem } from '../../lib/directory/person.ts';
import { takeRows } from '../../lib/directory/result.ts';
import { checkCompanies, checkPeople, rowId } from '../../lib/directory/row.ts';
import { advance } from '../../lib/directory/settlement.ts';
import { idPattern } from '../../lib/kit/id.ts';

const providerId = 'prv_01JZ0000000000000000000000';
const operationId = 'opr_01JZABCDEFGHJKMNPQRSTVWXYZ';
const now = '2026-11-21T00:00:00.000Z';
const by = { providerId, operationId, now, room: 95 };
const some = (...values: string[]) => fc.constantFrom(...values);

const companyNamed = (name: string, type: (typeof companyType.options)[number]): StoredCompany => {
  const id = `com_01JZ${name.padEnd(22, '0').toUpperCase().slice(0, 22)}`;
  return {
    value: makeCompany({ name, type, organizations: [], locations: [] }, { id, now }),
    version: 1,
    item: {},
  };
};

const personRow = fc.record(
  {
    company: some('A', 'B', 'M', 'Nowhere', 'Global'),
    fullName: some('Ann', 'Bea', ''),
    loginName: some('a', 'A', 'b', 'c', 'd e', 'f', 'g'),
    email: some('a@x.example', 'A@X.example', 'b@x.example', 'c@x.example', 'no', 'd@x.example'),
    organization: some('IT', 'it', 'HR'),
    department: some('Ops', 'Dev'),
  },
  { requiredKeys: ['company', 'fullName', 'loginName', 'email'] },
);

describe('rules of the directory', () => {
  it('count members so that the counters are what the steps add up to', () => {
    const place = fc.record({
      companyId: some('com_A', 'com_B'),
      organization: fc.option(some('IT', 'it', 'HR')),
      department: fc.option(some('Ops', 'Dev')),
    });
    const steps = fc.array(fc.record({ place, by: fc.constantFrom<1 | -1>(1, -1) }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.boolean(), (all: Step[], existing) => {
        const keys = new Set(
          all.flatMap((one) => groupsOf(one.place).map((at) => groupKey(providerId, at).SK)),
        );
        const seen = existing ? keys : new Set<string>();
        const writes = countMembers(providerId, all, seen);
        const total = (SK: string) =>
          all
            .filter((one) => groupsOf(one.place).some((at) => groupKey(providerId, at).SK === SK))
            .reduce((sum, one) => sum + one.by, 0);
        const written = new Map(
          writes.map((write): [string, number] =>
            write.do === 'adjust'
              ? [write.key.SK, write.add.members ?? 0]
              : write.do === 'create'
                ? [write.item.SK, Number(write.item.members)]
                : ['', 0],
          ),
        );
        expect(written.size).toBe(writes.length);
        for (const SK of keys) expect(written.get(SK) ?? 0).toBe(total(SK));
        for (const write of writes) if (write.do === 'create') expect(seen.has(write.item.SK)).toBe(false);
      }),
    );
    expect(toGroup({ organization: 'IT', department: 'Ops', members: 1 }, 'Co').name).toBe('Co - IT - Ops');
  });

  it('land every row once, in order, within the room, with unique names', () => {
    const known = {
      taken: new Set<string>(),
      groups: new Set<string>(),
      companies: new Map(
        [companyNamed('A', 'CUSTOMER'), companyNamed('B', 'VENDOR'), companyNamed('M', 'MANUFACTURER')].map(
          (one): [string, StoredCompany] => [companyNameKey(providerId, one.value.name).SK, one],
        ),
      ),
    };
    fc.assert(
      fc.property(
        fc.array(personRow, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 6, max: 95 }),
        (all, room) => {
          const rows = all.map((fields, index) => ({ line: index + 2, fields }));
          const { writes, results } = landPeople(checkPeople(rows, 0), known, { ...by, room });
          expect(writes.length).toBeLessThanOrEqual(room);
          expect(results.length).toBeGreaterThan(0);
          expect(results.map(({ line }) => line)).toEqual(
            rows.slice(0, results.length).map(({ line }) => line),
          );
          const keys = writes
            .map((write) => ('item' in write ? write.item : write.key))
            .map(({ PK, SK }) => PK + SK);
          expect(new Set(keys).size).toBe(keys.length);
          const people = writes.filter((write) => write.do === 'create' && write.item.kind === 'person');
          expect(people.length).toBe(results.filter((result) => 'id' in result).length);
          for (const write of people) {
            const id = 'item' in write ? String(write.item.companyId) : '';
            expect(
              [...known.companies.values()].some(({ value }) => value.id === id && mayHavePeople(value)),
            ).toBe(true);
          }
        },
      ),
    );
  });

  it('land companies of different names only', () => {
    const row = fc.record({ name: some('a', 'A', 'b ', 'Global', '', 'c', 'd'), type: some('VENDOR', 'X') });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (all) => {
        const rows = all.map((fields, index) => ({ line: index + 2, fields }));
        const { writes, results } = landCompanies(checkCompanies(rows, 0), new Set(), by);
        const names = writes.filter((write) => write.do === 'create' && write.item.kind === 'unique');
        expect(writes.length).toBe(names.length * 3);
        expect(new Set(names.map((write) => ('item' in write ? write.item.SK : ''))).size).toBe(names.length);
        expect(results.length).toBe(all.length);
      }),
    );
  });

  it('advance an operation until each row is done exactly once', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (chunks, turns) => {
        const total = chunks.reduce((sum, size) => sum + size, 0);
        let operation: Parameters<typeof advance>[0] = {
          value: {
            id: operationId,
            type: 'IMPORT_PEOPLE',
            state: 'Requested',
            total,
            done: 0,
            succeeded: 0,
            failed: 0,
            createdAt: now,
            startedAt: null,
            finishedAt: null,
          },
          movedAt: now,
          version: 1,
          chunks: chunks.length,
          chunk: 0,
          offset: 0,
        };
        while (operation.value.finishedAt === null) {
          const inChunk = chunks[operation.chunk] ?? 0;
          const count = Math.min(turns.next().value ?? 1, inChunk - operation.offset);
          const results = Array.from({ length: count }, (_, index) =>
            index % 2 ? { line: 1, id: 'x' } : { line: 1, field: 'f', message: 'm' },
          );
          operation = advance(operation, results, { inChunk, now });
          expect(operation.value.done).toBe(operation.value.succeeded + operation.value.failed);
        }
        expect(operation.value).toMatchObject({
          done: total,
          state: operation.value.succeeded > 0 ? 'Provisioned' : 'Failed',
        });
      }),
    );
  });

  it('page results without losing or repeating a row', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20 }), (counts, limit) => {
        let line = 0;
        const items = counts.map((count, index) => ({
          SK: String(index).padStart(3, '0'),
          rows: Array.from({ length: count }, () => ({ line: ++line, id: 'x' })),
        }));
        const seen: number[] = [];
        let place: { from: string; skip: number } | null = { from: '000', skip: 0 };
        while (place) {
          const at: { from: string; skip: number } = place;
          const rest = items.filter(({ SK }) => SK >= at.from);
          const page = takeRows(rest.slice(0, 3), { limit, skip: at.skip, more: rest.length > 3 });
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          seen.push(...page.rows.map((row) => row.line));
          place = page.rest;
        }
        expect(seen).toEqual(Array.from({ length: line }, (_, index) => index + 1));
      }),
    );
  });

  it('read back any cells that were written as CSV, and pack any rows', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), (cells) => {
        const text = stringify([['name', 'type'], ...cells], {
          quoted: true,
          record_delimiter: '\r\n',
          bom: true,
        });
        const rows = readRows('companies', text, parseJson);
        expect(rows.map(({ fields }) => fields)).toEqual(cells.map(([name, type]) => ({ name, type })));
        const packed = portions(rows).map((portion, chunk) =>
          unpack(chunkItem({ providerId, operationId, chunk }, portion, 0)),
        );
        expect(packed.flat()).toEqual(rows);
      }),
    );
  });

  it('keep each portion small, whatever the rows hold', () => {
    for (const letter of ['x', '乾']) {
      const rows = Array.from({ length: 200 }, (_, line) => ({
        line,
        fields: { name: letter.repeat(30_000) },
      }));
      const sizes = portions(rows).map((portion) => Buffer.byteLength(JSON.stringify(portion)));
      expect(Math.max(...sizes)).toBeLessThan(351_000);
      expect(portions(rows).flat()).toEqual(rows);
    }
  });

  it('give each row of an operation its own id, of the right form', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => rowId('person', operationId, index));
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => idPattern('person').test(id))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });

  it('keep sort keys within 1,024 bytes, whatever the name', () => {
    const names = fc.string({ unit: 'binary', maxLength: 120 });
    fc.assert(
      fc.property(fc.oneof(names, some('\ufdfa'.repeat(120), '\u{1f600}'.repeat(60))), (text) => {
        const person = { id: 'per_01JZ0000000000000000000000', companyId: 'com_01JZ0000000000000000000000' };
        const value = makePerson(
          { fullName: text, loginName: 'a', email: 'a@x.example', attributes: {} },
          { ...person, now },
        );
        const item = personItem(providerId, value);
        const company = companyItem(providerId, {
          ...companyNamed(text, 'OPERATING_COMPANY').value,
          name: text,
        });
        for (const key of [item.S2, company.S2, company.S1]) {
          expect(Buffer.byteLength(key ?? '')).toBeLessThanOrEqual(1024);
        }
      }),
    );
  });

  it('change people three ways', () => {
    const before = makePerson(
      newPerson.parse({
        fullName: 'A',
        loginName: 'a',
        email: 'a@x.example',
        organization: 'IT',
        location: 'Oslo',
      }),
      { id: 'per_1', companyId: 'com_1', now },
    );
    const change = fc.record(
      { organization: fc.option(some('HR')), location: fc.option(some('Rome')), fullName: some('B') },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, (given) => {
        expect(changed(before, given)).toEqual({ ...before, ...given });
      }),
    );
    expect(changed(before, {})).toEqual(before);
    expect(changed({ ...before, attributes: { a: 'b' } }, { attributes: null }).attributes).toEqual({});
  });
});
