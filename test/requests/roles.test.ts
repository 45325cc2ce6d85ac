import { expect, it } from 'vitest';
import { addCustomer, enlist, makeMsp } from '../kit/world.ts';
import { balance, move, offer, openCatalogue, order, plantEndUser } from './desk.ts';

it('suppliers fulfil requests and move no money: failing one is for whoever sells', async () => {
  const msp = await makeMsp();
  const { id } = await addCustomer(msp);
  await openCatalogue(msp.catalog, id);
  const ada = await plantEndUser({ id, provider: msp.id });
  const item = await offer(msp, id, { price: { base: 40 } });
  for (const role of ['INTERNAL_SUPPLIER', 'INTERNAL_SUPPLIER_ADMINISTRATOR'] as const) {
    const supplier = await enlist(msp.id, [role]);
    const request = await order(ada, item);
    const left = await balance(msp.catalog, id);
    for (const verb of ['fail', 'cancel', 'reject'])
      expect((await move(supplier, request, verb, { comment: 'No stock' })).status).toBe(403);
    for (const verb of ['start', 'pend', 'resume'])
      expect((await move(supplier, request, verb, { comment: 'No stock' })).status).toBe(200);
    expect(await balance(msp.catalog, id)).toBe(left);
    expect((await move(msp.catalog, request, 'fail', { comment: 'No stock' })).body.state).toBe('FAILED');
  }
});
