import { beforeAll, describe, expect, it } from 'vitest';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Caller, call, makeMsp } from '../kit/world.ts';
import { add, part } from './people.ts';

let as: Caller;
let providerId: string;
beforeAll(async () => {
  const msp = await makeMsp();
  [as, providerId] = [msp.catalog, msp.id];
});

async function settled(more: Record<string, unknown> = {}): Promise<Planted> {
  const planted = await plantNode(rootOf(providerId), more);
  await add(planted, as);
  return planted;
}
const send = ({ id }: Planted, text: string) =>
  call(`POST /v1/customers/${id}/user-imports`, { as, text, headers: { 'content-type': 'text/csv' } });
const heading = 'firstName,lastName,upn';

describe('an import', () => {
  it('lands good rows and tells wrong ones by line and field', async () => {
    const customer = await settled();
    const [one, two] = [part(), part()];
    const known = await add(customer, as);
    const file = [
      `${heading},displayName,userName,expiresOn,testUser,department,location`,
      `Ann,Lee,${one}@${customer.domain},,,2999-01-01,true,"R&D, EU",Wien`,
      `Bob,,${part()}@${customer.domain},,,,,,`,
      `Cid,Lo,${part()}@elsewhere.example,,,,,,`,
      `Dan,Lo,${known.body.upn},,,,,,`,
      `Eve,Lo,${one}@${customer.domain},,${part()},,,,`,
      `Fay,Lo,${two}@${customer.domain},"Fay, the Lo",${one},,,,`,
      `Gus,Lo,${two}@${customer.domain},,,maybe,,,`,
      `Hal,Lo,${two}@${customer.domain},"Hal, the Lo",,,,,`,
      `Ian,Lo,${part()}@${customer.domain},,,1600-12-31,,,`,
    ].join('\r\n');
    const { status, body } = await send(customer, file);
    expect(status).toBe(200);
    expect(body).toMatchObject({ imported: 2, failed: 7 });
    expect(body.results.map((row: { line: number; field?: string }) => [row.line, row.field])).toEqual([
      [2, undefined],
      [3, 'lastName'],
      [4, 'upn'],
      [5, 'upn'],
      [6, 'upn'],
      [7, 'userName'],
      [8, 'expiresOn'],
      [9, undefined],
      [10, 'expiresOn'],
    ]);
    const path = `/v1/customers/${customer.id}/users/${body.results[0].userId}`;
    expect((await call(`GET ${path}`, { as })).body).toMatchObject({
      displayName: 'Ann Lee',
      testUser: true,
      expiresOn: '2999-01-01',
      department: 'R&D, EU',
      location: 'Wien',
      folder: null,
      role: null,
      status: 'Requested',
    });
  });

  it('tells blank rows and rows of another width, and lands the others', async () => {
    const customer = await settled();
    const good = () => `Ann,Lee,${part()}@${customer.domain}`;
    const { body } = await send(
      customer,
      [heading, good(), '', ',,', 'Ann,Lee', `${good()},more`, '   ', good(), ''].join('\n'),
    );
    expect(body).toMatchObject({ imported: 2, failed: 5 });
    expect(body.results.slice(1, 6)).toEqual([
      { line: 3, field: '', message: 'is blank' },
      { line: 4, field: '', message: 'is blank' },
      { line: 5, field: '', message: 'has 2 cells under 3 headings' },
      { line: 6, field: '', message: 'has 4 cells under 3 headings' },
      { line: 7, field: '', message: 'is blank' },
    ]);
    for (const row of [body.results[0], body.results[6]]) {
      const services = await call(`GET /v1/customers/${customer.id}/users/${row.userId}/services`, { as });
      expect(services.body.items).toEqual([]);
    }
  });

  it('stays within the user limit, also against others', async () => {
    const customer = await settled({ userLimit: 4 });
    const rows = () => [heading, ...[1, 2, 3].map(() => `Ann,Lee,${part()}@${customer.domain}`)].join('\n');
    const answers = await Promise.all([send(customer, rows()), send(customer, rows())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ body }) => body.imported).sort()).toEqual([0, 3]);
    expect((await add(customer, as)).body.code).toBe('users.limit_reached');
  });

  it('of the same people twice at once lands them once', async () => {
    const customer = await settled();
    const file = [heading, ...[1, 2, 3].map(() => `Ann,Lee,${part()}@${customer.domain}`)].join('\n');
    const answers = await Promise.all([send(customer, file), send(customer, file)]);
    expect(answers.map(({ body }) => body.imported).sort()).toEqual([0, 3]);
  });

  it('takes 32 rows at a time, of a file that can be read, behind the first user', async () => {
    const customer = await settled();
    const rows = (count: number) =>
      [heading, ...Array.from({ length: count }, () => `Ann,Lee,${part()}@${customer.domain}`)].join('\n');
    expect((await send(customer, rows(32))).body.imported).toBe(32);
    expect((await send(customer, rows(33))).body.code).toBe('users.import_too_long');
    for (const text of [
      '',
      heading,
      'firstName,lastName\nAnn,Lee',
      `${heading},password\na,b,c,d`,
      `${heading},upn\na,b,c,d`,
      `${heading}\n"a,b,c`,
      `\n${heading}\nAnn,Lee,x@${customer.domain}`,
      `FirstName,lastName,upn\nAnn,Lee,x@${customer.domain}`,
    ]) {
      expect((await send(customer, text)).body.code, text).toBe('users.import_unreadable');
    }
    const empty = await plantNode(rootOf(providerId));
    const early = await send(empty, `${heading}\nAnn,Lee,${part()}@${empty.domain}`);
    expect(early.body.code).toBe('users.import_needs_first');
  });
});
