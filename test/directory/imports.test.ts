import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
});

const upload = (kind: string, text: string, more: { as?: Msp; media?: string; key?: string } = {}) =>
  call(`POST /v1/imports?kind=${kind}`, {
    as: (more.as ?? msp).catalog,
    text,
    headers: { 'content-type': more.media ?? 'text/csv' },
    ...(more.key ? { key: more.key } : {}),
  });
const operationOf = async (path: string, as = msp) => (await call(`GET ${path}`, { as: as.reader })).body;
async function rowsOf(path: string, state: string, limit = 100) {
  const out: { line: number; id: string; field: string; message: string }[] = [];
  let cursor = '';
  do {
    const { body } = await call(`GET ${path}/rows?state=${state}&limit=${limit}${cursor}`, {
      as: msp.reader,
    });
    expect(body.items.length).toBeLessThanOrEqual(limit);
    out.push(...body.items);
    cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
  } while (cursor);
  return out;
}
async function run(kind: string, text: string, media?: string) {
  const { headers, status, body } = await upload(kind, text, media ? { media } : {});
  expect(status, JSON.stringify(body)).toBe(202);
  const path = headers.location ?? '';
  expect(await operationOf(path)).toMatchObject({ id: body.id, state: 'Requested', done: 0 });
  await deliver(msp.id);
  const [operation, failed, succeeded] = [
    await operationOf(path),
    await rowsOf(path, 'failed'),
    await rowsOf(path, 'succeeded'),
  ];
  expect([operation.failed, operation.succeeded]).toEqual([failed.length, succeeded.length]);
  expect(operation.done).toBe(operation.total);
  return { path, operation, failed: failed.map(({ line, field }) => [line, field]), succeeded };
}

describe('imports', () => {
  it('lands companies from CSV with BOM, quotes, CRLF, formulas and lists', async () => {
    const text = [
      '\ufeffName,type,organizations,locations',
      '"Acme, ""the"" one",CUSTOMER,Sales|IT,Oslo',
      '"=HYPERLINK(""x"")",VENDOR,,',
      '',
      'Plain,SUPPLIER,,"Two Sites"',
      '',
    ].join('\r\n');
    const { operation, failed, succeeded } = await run('companies', text);
    expect(operation).toMatchObject({
      type: 'IMPORT_COMPANIES',
      state: 'Provisioned',
      total: 3,
      succeeded: 3,
    });
    expect(operation.startedAt <= operation.finishedAt).toBe(true);
    expect(failed).toEqual([]);
    expect(succeeded.map(({ line }) => line)).toEqual([2, 3, 5]);
    const companies = await Promise.all(
      succeeded.map(({ id }) => call(`GET /v1/companies/${id}`, { as: msp.reader })),
    );
    expect(companies.map(({ body }) => [body.name, body.organizations, body.locations])).toEqual([
      ['Acme, "the" one', ['Sales', 'IT'], ['Oslo']],
      ['=HYPERLINK("x")', [], []],
      ['Plain', [], ['Two Sites']],
    ]);
  });

  it('tells bad rows of companies with line and field', async () => {
    const text = `name;type
Doubled;CUSTOMER
doubled;VENDOR
Global;CUSTOMER
Acme, "the" one;CUSTOMER
No Type;
;VENDOR
Odd;BANK
"Broken
name";VENDOR
see www.evil.example;VENDOR
"bell\u0007";VENDOR
`.replace('Acme, "the" one', '"Acme, ""the"" one"');
    const { operation, failed } = await run('companies', text);
    expect(operation).toMatchObject({ state: 'Provisioned', total: 10, succeeded: 1, failed: 9 });
    expect(failed).toEqual([
      [3, 'name'],
      [4, 'name'],
      [5, 'name'],
      [6, 'type'],
      [7, 'name'],
      [8, 'type'],
      [9, 'name'],
      [11, 'name'],
      [12, 'name'],
    ]);
  });

  it('lands people from NDJSON and CSV and tells the bad ones', async () => {
    await run('companies', 'name,type\nPeopled,CUSTOMER\nMaker,MANUFACTURER');
    const good = {
      company: 'peopled',
      fullName: 'A',
      loginName: 'nd1',
      email: 'nd1@p.example',
      organization: 'IT',
    };
    const lines = [
      { ...good, department: 'Ops', attributes: { cost: '=1' } },
      { ...good, loginName: 'ND1', email: 'x@p.example' },
      { ...good, loginName: 'nd2', email: 'ND1@P.EXAMPLE' },
      { ...good, loginName: 'nd3', email: 'nd3@p.example', company: 'Nowhere' },
      { ...good, loginName: 'nd4', email: 'nd4@p.example', company: 'Maker' },
      { ...good, loginName: 'nd5', email: 'nd5@p.example', company: 'Global' },
      { ...good, loginName: 'nd6', email: 'nd6@p.example', organization: undefined, department: 'D' },
      { ...good, loginName: 'nd7', email: 7 },
      { ...good, loginName: 'nd8', email: 'nd8@p.example', extra: 1 },
      { ...good, loginName: 'nd9', email: 'nd9@p.example' },
    ];
    const ndjson = await run(
      'people',
      lines.map((one) => JSON.stringify(one)).join('\n'),
      'application/x-ndjson',
    );
    expect(ndjson.operation).toMatchObject({ type: 'IMPORT_PEOPLE', total: 10, succeeded: 2, failed: 8 });
    expect(ndjson.failed).toEqual([
      [2, 'loginName'],
      [3, 'email'],
      [4, 'company'],
      [5, 'company'],
      [6, 'company'],
      [7, 'department'],
      [8, 'email'],
      [9, 'extra'],
    ]);
    const csv = await run(
      'people',
      'email,loginName,fullName,company,attributes.badge\nc1@p.example,c1,C One,Peopled,17\nnd1@p.example,c2,C Two,Peopled,',
    );
    expect(csv.failed).toEqual([[3, 'email']]);
    const { body } = await call('GET /v1/people?email=c1@p.example', { as: msp.reader });
    expect(body.items[0]).toMatchObject({ fullName: 'C One', attributes: { badge: '17' } });
    const groups = await call(`GET /v1/companies/${body.items[0].companyId}/groups`, { as: msp.reader });
    expect(
      groups.body.items.map((one: { name: string; members: number }) => [one.name, one.members]),
    ).toEqual([
      ['Peopled', 3],
      ['Peopled - IT', 2],
      ['Peopled - IT - Ops', 1],
    ]);
    const none = await run('people', 'company,fullName,loginName,email\nNowhere,A,b,c@d.example');
    expect(none.operation).toMatchObject({ state: 'Failed', failed: 1 });
  });

  it('refuses what it cannot read, naming the line, and writes nothing', async () => {
    const head = 'name,type\n';
    const cases: [string, number][] = [
      ['', 1],
      ['\n\n', 1],
      [head, 1],
      ['name,kind\na,b', 1],
      ['name\na', 1],
      ['name,type,Name\na,b,c', 1],
      [`${head}a,VENDOR\nb,VENDOR,c`, 3],
      [`${head}a,VENDOR\n"b,VENDOR\nc`, 4],
      [`${head}a,"VENDOR"x`, 2],
      [`${head}${'a'.repeat(40_000)},VENDOR`, 2],
      ['{"name":"a","type":"VENDOR"}\n{"name":', 2],
      ['{"name":"a","type":"VENDOR"}\n[1]', 2],
      ['{"name":"a","name":"b","type":"VENDOR"}', 1],
      ['{"name":"a","type":"VENDOR","__proto__":{}}', 1],
      ['{"name":1e400,"type":"VENDOR"}', 1],
    ];
    const before = (await announcedBy(msp.id)).length;
    for (const [text, line] of cases) {
      const { status, body } = await upload('companies', text);
      expect([status, body.code, body.line, text.slice(0, 40)]).toEqual([
        400,
        'imports.unreadable',
        line,
        text.slice(0, 40),
      ]);
    }
    const long = `${head}${Array.from({ length: 10_001 }, (_, index) => `n${index},VENDOR\n`).join('')}`;
    expect((await upload('companies', long)).body.code).toBe('imports.too_many_rows');
    expect((await upload('companies', head, { media: 'application/json' })).status).toBe(415);
    expect((await upload('companies', 'x'.repeat(4_194_305))).status).toBe(413);
    expect((await upload('things', head)).body.errors[0].pointer).toBe('#/query/kind');
    expect(await announcedBy(msp.id)).toHaveLength(before);
  });

  it('takes in the largest file, though nothing in it can be packed well', async () => {
    const noise = randomBytes(4_100_000)
      .toString('latin1')
      .replace(/[^\x23-\x2b\x2d-\x7e]/g, (one) => String.fromCharCode(45 + (one.charCodeAt(0) % 81)));
    const rows = Array.from(
      { length: 10_000 },
      (_, index) => `${noise.slice(index * 410, index * 410 + 408)},V`,
    );
    const { status, body } = await upload('companies', ['name,type', ...rows].join('\n'), { as: other });
    expect(status, JSON.stringify(body)).toBe(202);
    expect(body.total).toBe(10_000);
  });

  it('takes in the largest file of a script of three bytes a letter', async () => {
    const noise = randomBytes(2_800_000).toString('utf16le');
    const letters = Array.from(noise, (one) => String.fromCharCode(0x4e00 + (one.charCodeAt(0) % 20_000)));
    const rows = Array.from(
      { length: 1000 },
      (_, index) => `${letters.slice(index * 1390, index * 1390 + 1390).join('')},V`,
    );
    const { status, body } = await upload('companies', ['name,type', ...rows].join('\n'), { as: other });
    expect(status, JSON.stringify(body)).toBe(202);
    expect(body.total).toBe(1000);
  });

  it('refuses headings that name no attribute', async () => {
    for (const name of ['__proto__', '', '1st', 'a b', 'x'.repeat(41)]) {
      const text = `company,fullName,loginName,email,attributes.${name}\nAcme,A,a,a@b.example,x`;
      const { status, body } = await upload('people', text);
      expect([name, status, body.code, body.line]).toEqual([name, 400, 'imports.unreadable', 1]);
    }
  });

  it('keeps operations of others hidden, and one upload is one operation', async () => {
    const text = 'name,type\nOnce Only,VENDOR';
    const [first, second] = [
      await upload('companies', text, { key: 'once' }),
      await upload('companies', text, { key: 'once' }),
    ];
    expect(second.body).toEqual(first.body);
    const path = first.headers.location ?? '';
    expect((await call(`GET ${path}`, { as: other.reader })).status).toBe(404);
    expect((await call(`GET ${path}/rows`, { as: other.reader })).status).toBe(404);
    expect(
      (
        await call('POST /v1/imports?kind=companies', {
          as: msp.reader,
          text,
          headers: { 'content-type': 'text/csv' },
        })
      ).status,
    ).toBe(403);
  });

  it('lands every row once when the event comes twice, at once and again', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `Twice ${index},VENDOR`);
    const { headers } = await upload('companies', ['name,type', ...rows].join('\n'));
    const path = headers.location ?? '';
    const event = (await announcedBy(msp.id)).filter(({ subject }) => path.endsWith(subject))[0];
    if (!event) throw new Error('Nothing was announced');
    await Promise.all([react(event), react(event), react(event)]);
    await react(event);
    expect(await operationOf(path)).toMatchObject({
      state: 'Provisioned',
      done: 300,
      succeeded: 300,
      failed: 0,
    });
    const ids = (await rowsOf(path, 'succeeded', 7)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(300);
    const listed = await call('GET /v1/companies?q=twice&limit=100', { as: msp.reader });
    expect(listed.body.items).toHaveLength(100);
  });

  it('goes on in another turn when time is short, and after a turn that was cut off', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => `Turn ${index},VENDOR`);
    const { headers } = await upload('companies', ['name,type', ...rows].join('\n'));
    const path = headers.location ?? '';
    const ours = async () => (await announcedBy(msp.id)).filter(({ subject }) => path.endsWith(subject));
    const [first] = await ours();
    if (!first) throw new Error('Nothing was announced');
    const real = Date.now;
    let skew = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      skew += 1500;
      return real() + skew;
    });
    await react(first);
    vi.restoreAllMocks();
    const { state, done } = await operationOf(path);
    expect([state, done > 0, done < 400]).toEqual(['InProgress', true, true]);
    const continued = (await ours()).map(({ type, data }) => [type, (data as { done: number }).done]);
    expect(continued).toEqual([
      ['directory.import_requested.v1', 0],
      ['directory.import_requested.v1', done],
    ]);
    expect((await operationOf(path)).stalledSince).toBeNull();
    const stopped = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: stopped + 16 * 60_000 });
    const { stalledSince } = await operationOf(path);
    vi.useRealTimers();
    expect(stopped - Date.parse(stalledSince)).toBeLessThan(5000);
    await react(first);
    await deliver(msp.id);
    expect(await operationOf(path)).toMatchObject({
      state: 'Provisioned',
      done: 400,
      succeeded: 400,
      stalledSince: null,
    });
    expect((await ours()).map(({ type }) => type).at(-1)).toBe('directory.import_finished.v1');
  });

  it('settles 10,000 people in the background', async () => {
    await run(
      'companies',
      `name,type\n${Array.from({ length: 20 }, (_, index) => `Big ${index},CUSTOMER`).join('\n')}`,
    );
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      index % 100 === 99
        ? `Big 1,Bad ${index},big${index},not an address,,`
        : `Big ${Math.floor(index / 500)},Person ${index},big${index},big${index}@big.example,Org ${index % 3},Dep`,
    );
    const startedAt = performance.now();
    const { headers, status } = await upload(
      'people',
      ['company,fullName,loginName,email,organization,department', ...rows].join('\n'),
    );
    const accepted = performance.now();
    expect(status).toBe(202);
    await deliver(msp.id);
    const settled = performance.now();
    process.stdout.write(
      `10,000 rows: accepted in ${Math.round(accepted - startedAt)} ms, settled in ${Math.round(settled - accepted)} ms\n`,
    );
    const path = headers.location ?? '';
    expect(await operationOf(path)).toMatchObject({
      state: 'Provisioned',
      total: 10_000,
      done: 10_000,
      succeeded: 9_900,
      failed: 100,
    });
    expect(await rowsOf(path, 'failed')).toHaveLength(100);
    expect(new Set((await rowsOf(path, 'succeeded')).map(({ line }) => line)).size).toBe(9_900);
    const page = await call('GET /v1/companies?q=big%2019', { as: msp.reader });
    const groups = await call(`GET /v1/companies/${page.body.items[0].id}/groups`, { as: msp.reader });
    expect(groups.body.items[0]).toEqual({
      name: 'Big 19',
      kind: 'COMPANY',
      organization: null,
      department: null,
      members: 495,
    });
  });
});
