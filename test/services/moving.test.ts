import { beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../kit/deliver.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Answer, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { define, give, offer, take, withdraw } from './desk.ts';

let msp: Msp;
let as: Caller;
let mail: Answer;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
  await ensureMspMode(msp);
  mail = await define(as);
});

const heldAt = async ({ id }: { id: string }): Promise<number | undefined> =>
  (await call(`GET /v1/customers/${id}/offers/${mail.body.id}`, { as })).body.held;
const move = (id: string, parentId: string) =>
  call(`POST /v1/customers/${id}/move`, { as, body: { parentId } });
const has = async (id: string) =>
  (await call(`GET /v1/customers/${id}/services/${mail.body.id}`, { as })).body.status === 'Requested';

/** Two resellers that may hand the service on, and a customer of the first. */
async function scene() {
  const [from, to] = [await plantReseller(msp), await plantReseller(msp)];
  const { id } = await plantDirectly(from.admin);
  for (const one of [from, to]) await offer(as, one, mail);
  return { from, to, id };
}

describe('an offer', () => {
  it('is shown by a dry run, given and withdrawn, without a trace', async () => {
    const { id } = await plantReseller(msp);
    const path = `/v1/customers/${id}/offers/${mail.body.id}`;
    const dry = await call(`PUT ${path}?dryRun=true`, { as });
    expect(dry).toMatchObject({ status: 200, body: { serviceId: mail.body.id, held: 0 } });
    expect(dry.headers['quartermaster-dry-run']).toBe('true');
    expect((await call(`GET ${path}`, { as })).status).toBe(404);
    await offer(as, { id }, mail);
    const sub = await plantReseller(msp, id);
    expect(
      (await call(`PUT /v1/customers/${sub.id}/offers/${mail.body.id}?dryRun=true`, { as })).status,
    ).toBe(200);
    expect(await heldAt({ id })).toBe(0);
    const gone = await call(`DELETE ${path}?dryRun=true`, { as, headers: { 'if-match': '*' } });
    expect(gone.status).toBe(200);
    expect(await heldAt({ id })).toBe(0);
  });

  it('that is used below is not narrowed: who uses it is named', async () => {
    const { id, admin } = await plantReseller(msp);
    await offer(as, { id }, mail);
    const [idle, sub, customer] = [
      await plantDirectly(admin),
      await plantReseller(msp, id),
      await plantDirectly(admin),
    ];
    await offer(as, sub, mail);
    await give(as, customer, mail);
    const refused = await withdraw(as, { id }, mail);
    expect(refused).toMatchObject({ status: 409, body: { code: 'services.offer_in_use', held: 2 } });
    expect([...refused.body.holders].sort()).toEqual([sub.id, customer.id].sort());
    expect(refused.body.holders).not.toContain(idle.id);
    const dry = await call(`DELETE /v1/customers/${id}/offers/${mail.body.id}?dryRun=true`, {
      as,
      headers: { 'if-match': '*' },
    });
    expect(dry.body).toMatchObject({ code: 'services.offer_in_use', held: 2 });
  });

  it('counts who holds it where they stand, also after a move', async () => {
    const { from, to, id } = await scene();
    await give(as, { id }, mail);
    expect([await heldAt(from), await heldAt(to)]).toEqual([1, 0]);
    expect((await move(id, to.id)).status).toBe(202);
    expect([await heldAt(from), await heldAt(to)]).toEqual([0, 1]);
    expect((await withdraw(as, from, mail)).status).toBe(204);
    expect((await withdraw(as, to, mail)).body).toMatchObject({ held: 1, holders: [id] });
    await deliver(id, msp.id);
    expect((await move(id, from.id)).body.code).toBe('customers.not_offered');
    expect((await take(as, { id }, mail)).status).toBe(202);
    expect(await heldAt(to)).toBe(0);
    expect((await withdraw(as, to, mail)).status).toBe(204);
  });

  it('counts right when a service is given or taken while its holder moves', async () => {
    for (let round = 0; round < 8; round++) {
      const { from, to, id } = await scene();
      if (round % 2) await give(as, { id }, mail);
      const change = round % 2 ? take : give;
      const [moved] = await Promise.all([move(id, to.id), change(as, { id }, mail)]);
      expect([202, 409]).toContain(moved?.status);
      const [there, count] = [moved?.status === 202 ? to : from, (await has(id)) ? 1 : 0];
      expect([await heldAt(there), await heldAt(there === to ? from : to)]).toEqual([count, 0]);
      await deliver(id, msp.id);
    }
  });
});
