import { orderOf } from '../access/order.ts';
import { stockProduct } from '../licensing/shelf.ts';
import type { Scenarios } from './scenarios.ts';

export const managed: Scenarios = {
  addManagedCustomer: ({ msp }) => ({
    line: 'POST /v1/managed-customers',
    as: msp.catalog,
    body: orderOf(),
  }),
  'addManagedCustomer: with a trial and an MSP licence': async ({ msp }) => {
    const [one, other] = [await stockProduct(msp), await stockProduct(msp, { mspLicence: true })];
    const products = [
      { source: 'TRIAL', productId: one.id },
      { source: 'MSP', productId: other.id, seats: 10 },
    ];
    return { line: 'POST /v1/managed-customers', as: msp.catalog, body: orderOf({ products }) };
  },
};
