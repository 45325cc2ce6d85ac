import { newId } from '../../lib/aws/world.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';
import type { Request, Scenarios, Stage } from './scenarios.ts';

const path = (id: string, rest = '') => `/v1/customers/${id}/credits${rest}`;

/** A customer of its own with credits and `debits` debits, so that no scenario changes what another one finds. */
async function ledgerOf({ msp }: Stage, debits = 1): Promise<{ id: string; entryId: string }> {
  const { id } = await addCustomer(msp);
  await call(`POST ${path(id, '/grants')}`, { as: msp.catalog, body: { amount: 100_000 } });
  let entryId = '';
  for (let index = 0; index < debits; index++) {
    const body = { amount: 25, serviceId: 'new-laptop', requestId: newId('request', Date.now()) };
    entryId = (await call(`POST ${path(id, '/debits')}`, { as: msp.catalog, body })).body.entryId;
  }
  return { id, entryId };
}

async function post(stage: Stage, what: string, body: (entryId: string) => unknown): Promise<Request> {
  const { id, entryId } = await ledgerOf(stage);
  return { line: `POST ${path(id, what)}`, as: stage.msp.catalog, body: body(entryId) };
}

async function read(stage: Stage, what: string, debits = 25): Promise<Request> {
  const { id } = await ledgerOf(stage, debits);
  return { line: `GET ${path(id, what)}`, as: stage.msp.reader };
}

/** A customer right below a reseller that has credits, of which `handed` are the customer's. */
async function handOn(stage: Stage, what: 'transfers' | 'reclaims', handed = 0): Promise<Request> {
  const { id: parentId, admin } = await plantReseller(stage.msp);
  const { id } = await plantDirectly(stage.msp.catalog, { parentId });
  await call(`POST ${path(parentId, '/grants')}`, { as: stage.msp.catalog, body: { amount: 1000 } });
  const sent = { line: `POST ${path(id, '/transfers')}`, as: admin };
  if (handed > 0) await call(sent.line, { ...sent, body: { amount: handed } });
  return { ...sent, line: `POST ${path(id, `/${what}`)}`, body: { amount: 25, reason: 'Monthly share' } };
}

const nextYear = `${new Date().getUTCFullYear() + 1}-06-01T00:00:00Z`;
const month = new Date().toISOString().slice(0, 7);

const requestId = () => newId('request', Date.now());
const debit = { amount: 25, serviceId: 'new-laptop', reason: 'Laptop for Ada' };
const lines = Array.from({ length: 10 }, () => ({ amount: 5, serviceId: 'storage' }));

export const credits: Scenarios = {
  listArchivedEntries: async (stage) => {
    const { id } = await ledgerOf(stage, 24);
    await call(`DELETE /v1/customers/${id}`, { as: stage.msp.catalog, headers: { 'if-match': '*' } });
    return { line: `GET /v1/archived-customers/${id}/credits/entries`, as: stage.msp.reader };
  },
  grantCredits: (stage) => post(stage, '/grants', () => ({ amount: 1000, reason: 'Monthly credits' })),
  'grantCredits: that expire': (stage) =>
    post(stage, '/grants', () => ({ amount: 1000, priority: 1, expiresAt: nextYear })),
  transferCredits: (stage) => handOn(stage, 'transfers'),
  reclaimCredits: (stage) => handOn(stage, 'reclaims', 100),
  getConsumption: (stage) => read(stage, `/consumption?month=${month}&by=service,person`),
  exportConsumption: (stage) => read(stage, `/consumption.csv?month=${month}`),
  debitCredits: async (stage) => ({ ...(await post(stage, '/debits', () => debit)), key: requestId() }),
  'debitCredits: own request id': (stage) =>
    post(stage, '/debits', () => ({ ...debit, requestId: requestId() })),
  'debitCredits: same request id again': async (stage) => {
    const sent = await post(stage, '/debits', () => ({ ...debit, requestId: requestId() }));
    await call(sent.line, sent);
    return sent;
  },
  'debitBatch: ten lines, own request id': (stage) =>
    post(stage, '/debits/batch', () => ({ lines, requestId: requestId() })),
  refundDebit: (stage) => post(stage, '/refunds', (entryId) => ({ entryId })),
  adjustCredits: (stage) => post(stage, '/adjustments', () => ({ amount: -5, reason: 'Counted twice' })),
  changeCreditSettings: async (stage) => ({
    line: `PATCH ${path((await ledgerOf(stage)).id, '/settings')}`,
    as: stage.msp.catalog,
    body: { alertLimit: 50 },
    headers: { 'if-match': '"0"' },
  }),
  getCreditSettings: (stage) => read(stage, '/settings', 1),
  getCredits: (stage) => read(stage, '', 1),
  'getCredits: as of a moment': (stage) => read(stage, '?at=2026-01-01T00:00:00Z', 1),
  getForecast: (stage) => read(stage, '/forecast', 1),
  listEntries: (stage) => read(stage, '/entries'),
  exportEntries: (stage) => read(stage, '/entries.csv'),
  getEntry: async (stage) => {
    const { id, entryId } = await ledgerOf(stage);
    return { line: `GET ${path(id, `/entries/${entryId}`)}`, as: stage.msp.reader };
  },
  getCreditSystem: ({ msp }) => ({ line: 'GET /v1/credit-system', as: msp.reader }),
  switchCreditSystem: async () => {
    const msp = await makeMsp();
    await addCustomer(msp);
    return {
      line: 'PUT /v1/credit-system',
      as: msp.catalog,
      body: { enabled: true, acknowledgeCostDataLoss: true },
      headers: { 'if-match': '"0"' },
    };
  },
};
