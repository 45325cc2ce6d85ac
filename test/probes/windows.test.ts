import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { mostWindows, quietUntil, type Window } from '../../lib/probes/window.ts';
import { plantProbe } from '../kit/agent.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { receiptsOf } from '../notifications/scene.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
let path: string;
beforeAll(async () => {
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
  path = `/v1/customers/${customer.id}/maintenance-windows`;
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const plan = (body: Record<string, unknown> = {}, as = msp.catalog, at = path) =>
  call(`POST ${at}`, { as, body: { to: inDays(1), reason: 'New switches', ...body } });

describe('a maintenance window', () => {
  it('is planned, shown, listed and taken back', async () => {
    const probe = await plantProbe(customer.id);
    const later = { from: inDays(1), to: inDays(2), probeIds: [probe.id] };
    const [now, planned] = [await plan(), await plan(later, customer.admin)];
    expect(now).toMatchObject({
      status: 201,
      body: { state: 'ACTIVE', probeIds: null, reason: 'New switches' },
    });
    expect(planned).toMatchObject({
      status: 201,
      body: { ...later, state: 'PLANNED', createdBy: customer.admin.person },
    });
    const one = planned.headers.location ?? '';
    expect(one).toBe(`${path}/${planned.body.id}`);
    const read = await call(`GET ${one}`, { as: msp.reader });
    expect(read).toMatchObject({ status: 200, body: planned.body, headers: { etag: '"1"' } });
    const list = await call(`GET ${path}?limit=1`, { as: msp.reader });
    expect(list.body.items).toEqual([planned.body]);
    const rest = await call(`GET ${path}?cursor=${list.body.nextCursor}`, { as: msp.reader });
    expect(rest.body.items.map(({ id }: { id: string }) => id)).toEqual([now.body.id]);
    for (const [etag, status] of [
      ['"7"', 412],
      ['"1"', 204],
      ['"1"', 404],
    ] as const)
      expect((await call(`DELETE ${one}`, { as: msp.catalog, headers: { 'if-match': etag } })).status).toBe(
        status,
      );
    expect((await call(`GET ${one}`, { as: msp.reader })).status).toBe(404);
    const actions = (await receiptsOf(customer.id)).map(({ action, subject }) => [action, subject]);
    expect(actions).toContainEqual(['probes.plan_window', planned.body.id]);
    expect(actions).toContainEqual(['probes.end_window', planned.body.id]);
  });

  it('counts from now where its beginning is past', async () => {
    const before = new Date().toISOString();
    const { body } = await plan({ from: inDays(-3), to: inDays(29) });
    expect(body.from >= before).toBe(true);
  });

  it.each([
    ['#/to', { to: inDays(-1) }],
    ['#/to', { to: inDays(31) }],
    ['#/to', { from: inDays(5), to: inDays(4) }],
    ['#/to', { from: inDays(5), to: inDays(36) }],
    ['#/to', { to: 'tomorrow' }],
    ['#/to', { to: undefined }],
    ['#/from', { from: inDays(400), to: inDays(401) }],
    ['#/reason', { reason: '' }],
    ['#/reason', { reason: undefined }],
    ['#/probeIds', { probeIds: [] }],
    ['#/probeIds/0', { probeIds: ['prb_1'] }],
    ['#/probeIds/0', { probeIds: [newId('probe', 1)] }],
    ['#/all', { all: true }],
  ])('names %s in a refusal of %j', async (pointer, body) => {
    const answer = await plan(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
  });

  it('takes no probe twice, and none of another customer, as if there were none', async () => {
    const other = await plantProbe((await plantCustomer(msp.id)).id);
    const own = await plantProbe(customer.id);
    expect((await plan({ probeIds: [own.id, own.id] })).status).toBe(400);
    const [foreign, guessed] = [
      await plan({ probeIds: [own.id, other.id] }),
      await plan({ probeIds: [own.id, newId('probe', 1)] }),
    ];
    expect(foreign.body).toEqual({
      ...guessed.body,
      instance: foreign.body.instance,
      requestId: foreign.body.requestId,
    });
  });

  it('is refused beyond as many as a customer can have, however many are planned at once', async () => {
    const { id } = await plantCustomer(msp.id);
    await plantProbe(id);
    const at = `/v1/customers/${id}/maintenance-windows`;
    for (let n = 0; n < mostWindows - 2; n++) await plan({}, msp.catalog, at);
    const answers = await Promise.all(Array.from({ length: 5 }, () => plan({}, msp.catalog, at)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'probes.too_many_windows',
      most: mostWindows,
    });
  });

  it('is nothing for whoever may not manage probes, or stands elsewhere', async () => {
    const stranger = await plantCustomer(msp.id);
    const { id } = (await plan()).body;
    const etag = { 'if-match': '*' };
    expect((await plan({}, msp.reader)).status).toBe(403);
    expect((await plan({}, stranger.admin)).status).toBe(404);
    expect((await call(`GET ${path}/${id}`, { as: stranger.admin })).status).toBe(404);
    expect((await call(`DELETE ${path}/${id}`, { as: stranger.admin, headers: etag })).status).toBe(404);
    const reader = await enlist(customer.id, ['CUSTOMER_ADMINISTRATOR']);
    expect((await call(`DELETE ${path}/${id}`, { as: reader, headers: etag })).status).toBe(204);
  });
});

describe('quiet', () => {
  const window = (from: string, to: string, probeIds: string[] | null = null): Window => ({
    ...{ id: 'mwn_1', from, to, probeIds },
    ...{ reason: '', createdBy: '', createdAt: from, version: 1 },
  });
  it('lasts from the first instant of a window until its end, of its probes alone', () => {
    const windows = [window('2026-01-01', '2026-01-03'), window('2026-01-02', '2026-01-04', ['prb_a'])];
    const of = (id: string) => (now: string) => quietUntil(windows, id, now);
    expect(['2025-12-31', '2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map(of('prb_a'))).toEqual([
      undefined,
      '2026-01-03',
      '2026-01-04',
      '2026-01-04',
      undefined,
    ]);
    expect(['2026-01-02', '2026-01-03'].map(of('prb_b'))).toEqual(['2026-01-03', undefined]);
  });
});
