import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { bundle, edit, publish, read, step } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
});

const turn = (enabled: boolean): Promise<Answer> =>
  call('PUT /v1/credit-system', {
    as: msp.catalog,
    headers: { 'if-match': '*' },
    body: { enabled, acknowledgeCostDataLoss: true },
  });
const costs = async (item: Answer) => (await read(msp.reader, item)).body.costs;
const free = { unit: 'FREE', label: 'Free' };

describe('switching the credit system', () => {
  it('loses every price at once, either way, and never brings one back', async () => {
    const mail = await publish(msp.catalog, { price: { base: 20 } });
    const disk = await publish(msp.catalog, { price: { base: 5 } });
    const pack = await bundle(msp.catalog, [
      { itemId: mail.body.id, min: 1, max: 1 },
      { itemId: disk.body.id, min: 2, max: 2 },
    ]);
    await step(msp.catalog, pack, 'publish');
    const waiting = await edit(msp.catalog, disk, { price: { base: 6 } });
    expect(await costs(mail)).toEqual({ unit: 'CURRENCY', amount: 20, currency: 'USD' });
    expect(await costs(pack)).toEqual({ unit: 'CURRENCY', amount: 30, currency: 'USD' });

    expect((await turn(true)).body.effects).toContain(
      'Every chargeable service becomes free until it is priced in credits',
    );
    for (const item of [mail, disk, pack]) expect(await costs(item)).toEqual(free);
    expect((await read(msp.reader, mail)).body.price).toMatchObject({ base: 20, lost: true });
    expect((await read(msp.reader, mail)).body.state).toBe('PUBLISHED');
    await step(msp.catalog, waiting, 'publish');
    expect(await costs(disk)).toEqual(free);

    await edit(msp.catalog, mail, { price: { base: 7 } });
    await step(msp.catalog, mail, 'publish');
    expect(await costs(mail)).toEqual({ unit: 'CREDITS', amount: 7 });
    expect(await costs(pack)).toEqual({ unit: 'CREDITS', amount: 7 });

    await turn(false);
    for (const item of [mail, disk, pack]) expect(await costs(item)).toEqual(free);
    await turn(true);
    for (const item of [mail, disk, pack]) expect(await costs(item)).toEqual(free);
  });

  it('leaves a price given again as a new one', async () => {
    const item = await publish(msp.catalog, { price: { base: 3 } });
    expect(await costs(item)).toEqual({ unit: 'CREDITS', amount: 3 });
    await turn(false);
    const again = await edit(msp.catalog, item, { price: { base: 3 } });
    expect(again.body).toMatchObject({ revision: 2, costs: { unit: 'CURRENCY', amount: 3 } });
  });
});
