import { assign, bundle, step } from '../catalog/desk.ts';
import { type Answer, addCustomer, type Caller } from '../kit/world.ts';
import { move, offer, openCatalogue, order, plantEndUser } from '../requests/desk.ts';
import type { Request, Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };
const fields = [{ key: 'center', label: 'Cost center', type: 'TEXT', max: 40 }];
const answers = { center: 'IT-4711' };

interface Shop {
  readonly customer: { readonly id: string; readonly admin: Caller };
  readonly person: Caller;
  readonly item: Answer;
}

/** A customer of its own with an end user and an item that costs credits and asks for a cost center. */
async function shop({ msp }: Stage, more: Record<string, unknown> = {}): Promise<Shop> {
  const customer = await addCustomer(msp);
  await openCatalogue(msp.catalog, customer.id);
  const item = await offer(msp, customer.id, { price: { base: 25 }, fields, ...more });
  return { customer, item, person: await plantEndUser({ id: customer.id, provider: msp.id }) };
}

/** A request, moved on by these steps. */
async function requested(stage: Stage, steps: readonly string[] = [], more: Record<string, unknown> = {}) {
  const made = await shop(stage, more);
  const request = await order(made.person, made.item, { answers });
  for (const verb of steps) await move(stage.msp.catalog, request, verb, { comment: 'As agreed' });
  return { ...made, request };
}

const approval = { approval: true };

async function mover(
  stage: Stage,
  verb: string,
  from: { steps?: readonly string[]; more?: Record<string, unknown> } = {},
): Promise<Request> {
  const { request, customer } = await requested(stage, from.steps, from.more);
  return {
    line: `POST /v1/customers/${customer.id}/requests/${request.body.id}/${verb}`,
    as: stage.msp.catalog,
    body: { comment: 'As agreed' },
    headers: any,
  };
}

async function listed(stage: Stage): Promise<Shop> {
  const made = await shop(stage);
  for (let index = 0; index < 3; index++) await order(made.person, made.item, { answers });
  return made;
}

export const requests: Scenarios = {
  submitServiceRequest: async (stage) => {
    const { person, item } = await listed(stage);
    return { line: 'POST /v1/requests', as: person, body: { itemId: item.body.id, answers } };
  },
  'submitServiceRequest: free': async (stage) => {
    const { person, item } = await shop(stage, { price: null });
    await order(person, item, { answers });
    return { line: 'POST /v1/requests', as: person, body: { itemId: item.body.id, answers } };
  },
  'submitServiceRequest: a bundle of two': async (stage) => {
    const { catalog } = stage.msp;
    const { customer, person, item } = await listed(stage);
    const other = await offer(stage.msp, customer.id, { price: { base: 5 } });
    const parts = [item, other].map(({ body }) => ({ itemId: body.id, min: 1, max: 3 }));
    const both = await bundle(catalog, parts);
    await step(catalog, both, 'publish');
    await assign(catalog, customer.id, both);
    return { line: 'POST /v1/requests', as: person, body: { itemId: both.body.id } };
  },
  listMyServiceRequests: async (stage) => ({ line: 'GET /v1/requests', as: (await listed(stage)).person }),
  getMyServiceRequest: async (stage) => {
    const { person, request } = await requested(stage);
    return { line: `GET /v1/requests/${request.body.id}`, as: person };
  },
  cancelMyServiceRequest: async (stage) => {
    const { person, request } = await requested(stage);
    return { line: `POST /v1/requests/${request.body.id}/cancel`, as: person, body: {}, headers: any };
  },
  confirmMyServiceRequest: async (stage) => {
    const { person, request } = await requested(stage, ['start', 'complete']);
    const body = { rating: 5 };
    return { line: `POST /v1/requests/${request.body.id}/confirm`, as: person, body, headers: any };
  },
  listServiceRequests: async (stage) => {
    const { customer } = await listed(stage);
    return { line: `GET /v1/customers/${customer.id}/requests`, as: stage.msp.reader };
  },
  'listServiceRequests: of a person': async (stage) => {
    const { customer, person } = await listed(stage);
    const line = `GET /v1/customers/${customer.id}/requests?personId=${person.person}`;
    return { line, as: stage.msp.reader };
  },
  exportServiceRequests: async (stage) => {
    const { customer } = await listed(stage);
    return { line: `GET /v1/customers/${customer.id}/requests.csv`, as: stage.msp.reader };
  },
  getServiceRequest: async (stage) => {
    const { customer, request } = await requested(stage);
    return { line: `GET /v1/customers/${customer.id}/requests/${request.body.id}`, as: stage.msp.reader };
  },
  reportServiceRequests: ({ msp }) => ({ line: 'GET /v1/service-requests', as: msp.reader }),
  exportRequestReport: ({ msp }) => ({ line: 'GET /v1/service-requests.csv', as: msp.reader }),
  approveServiceRequest: (stage) => mover(stage, 'approve', { more: approval }),
  holdServiceRequest: (stage) => mover(stage, 'hold', { more: approval }),
  rejectServiceRequest: (stage) => mover(stage, 'reject', { more: approval }),
  startServiceRequest: (stage) => mover(stage, 'start'),
  pendServiceRequest: (stage) => mover(stage, 'pend', { steps: ['start'] }),
  resumeServiceRequest: (stage) => mover(stage, 'resume', { steps: ['start', 'pend'] }),
  completeServiceRequest: (stage) => mover(stage, 'complete', { steps: ['start'] }),
  failServiceRequest: (stage) => mover(stage, 'fail', { steps: ['start'] }),
  cancelServiceRequest: (stage) => mover(stage, 'cancel'),
};
