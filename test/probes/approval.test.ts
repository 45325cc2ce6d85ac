import { beforeAll, expect, it } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { probeCountsKey } from '../../lib/kit/keys.ts';
import { toProbeCounts } from '../../lib/probes/census.ts';
import { announcedBy } from '../kit/deliver.ts';
import { any } from '../kit/forest.ts';
import { addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Added, add, enrolBelow, pulseOf } from './scene.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
beforeAll(async () => {
  msp = await makeMsp();
  customer = await addCustomer(msp);
});

const decide = (probe: Added, decision: string, more = {}) =>
  call(`POST ${probe.path}/approval`, { as: msp.catalog, body: { decision, ...more } });
async function waiting(): Promise<Added> {
  const probe = await add(msp.catalog, customer.id);
  await enrolBelow(probe, 'MANUAL');
  return probe;
}
const wrongState = { status: 409, body: { code: 'probes.wrong_state' } };

it('is automatic until somebody says otherwise, bound to what was seen', async () => {
  const line = `/v1/customers/${customer.id}/probe-approval`;
  const first = await call(`GET ${line}`, { as: customer.admin });
  expect(first).toMatchObject({ headers: { etag: '"0"' }, body: { mode: 'AUTOMATIC', changedAt: null } });
  const put = (mode: string, match: Record<string, string>, as = msp.catalog) =>
    call(`PUT ${line}`, { as, body: { mode }, headers: match });
  expect((await put('MANUAL', any, customer.admin)).status).toBe(403);
  expect((await put('MANUAL', {})).status).toBe(428);
  expect((await put('LATER', any)).status).toBe(400);
  expect((await put('MANUAL', { 'if-match': '"0"' })).body.mode).toBe('MANUAL');
  expect((await put('REJECT', { 'if-match': '"0"' })).status).toBe(412);
  expect(await put('REJECT', { 'if-match': '"1"' })).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  const twice = await Promise.all([
    put('MANUAL', { 'if-match': '"2"' }),
    put('AUTOMATIC', { 'if-match': '"2"' }),
  ]);
  expect(twice.map(({ status }) => status).sort()).toEqual([200, 412]);
});

it('lets in who waits, once', async () => {
  const probe = await waiting();
  const approved = await decide(probe, 'APPROVE', { reason: 'Known machine' });
  expect(approved).toMatchObject({ status: 200, body: { state: 'UP', generation: 1 } });
  expect(await decide(probe, 'APPROVE')).toMatchObject(wrongState);
  expect(await decide(probe, 'REJECT')).toMatchObject(wrongState);
  expect(await call(`GET ${probe.path}`, { as: msp.reader })).toMatchObject({ body: { state: 'UP' } });
  const told = (await announcedBy(customer.id)).filter(({ subject }) => subject === probe.id);
  expect(told.map(({ type, data, actor }) => [type, data, actor.id])).toEqual([
    ['probes.created.v1', { name: expect.any(String) }, msp.catalog.person],
    [
      'probes.enrolled.v1',
      { from: 'PENDING', generation: 1, approvedBy: msp.catalog.person },
      msp.catalog.person,
    ],
  ]);
});

it('turns away who waits: its key pair is out', async () => {
  const probe = await waiting();
  expect((await decide(probe, 'REJECT', { reason: 'Unknown' })).body).toMatchObject({ state: 'REVOKED' });
  expect(await decide(probe, 'APPROVE')).toMatchObject(wrongState);
  const told = (await announcedBy(customer.id)).filter(({ subject }) => subject === probe.id);
  expect(told.at(-1)).toMatchObject({
    type: 'probes.revoked.v1',
    data: { from: 'PENDING', rejected: true },
  });
});

it('approves nothing that never enrolled', async () => {
  expect(await decide(await add(msp.catalog, customer.id), 'APPROVE')).toMatchObject(wrongState);
  expect((await decide(await waiting(), 'MAYBE')).status).toBe(400);
});

it('has one outcome where two decide at once, and counts it once', async () => {
  const before = toProbeCounts(await get(probeCountsKey(customer.id), true));
  const probes = await Promise.all(Array.from({ length: 5 }, waiting));
  const sent = probes.flatMap((probe) => [decide(probe, 'APPROVE'), decide(probe, 'REJECT')]);
  const answers = await Promise.all(sent);
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(5).fill(409)]);
  const states = await Promise.all(probes.map(async (probe) => (await pulseOf(probe)).state));
  const up = states.filter((state) => state === 'UP').length;
  expect(toProbeCounts(await get(probeCountsKey(customer.id), true))).toEqual({
    ...before,
    UP: before.UP + up,
    REVOKED: before.REVOKED + 5 - up,
  });
});
