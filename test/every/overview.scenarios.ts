import { newAgent } from '../kit/agent.ts';
import { plantReseller } from '../kit/forest.ts';
import { addCustomer, call } from '../kit/world.ts';
import type { Scenario, Scenarios } from './scenarios.ts';

const things = Array.from({ length: 10 }, (_, at) => ({
  type: 'DEVICE',
  externalId: `switch-${at}`,
  name: `Switch ${at}`,
}));

/** A customer whose only probe has told what it has found: others' probes would cost beside it. */
const read =
  (rest: string): Scenario =>
  async ({ msp }) => {
    const { id } = await addCustomer(msp);
    const path = `/v1/customers/${id}`;
    const { body } = await call(`POST ${path}/probes`, { as: msp.catalog, body: { name: 'Branch' } });
    const agent = newAgent();
    await agent.enrol(body.enrolmentKey);
    await agent.send('POST /v1/agent/usage', { sequence: 1, counts: { DEVICE: 10, INTERFACE: 120 } });
    await agent.send('POST /v1/agent/inventory', { sequence: 1, items: things });
    return { line: `GET ${path}${rest}`.replace('{probeId}', agent.probeId), as: msp.reader };
  };

export const overviews: Scenarios = {
  getCustomerOverview: read('/overview'),
  getOverview: ({ msp }) => ({ line: 'GET /v1/overview', as: msp.reader }),
  'getOverview: of a reseller': async ({ msp }) => ({
    line: 'GET /v1/overview',
    as: (await plantReseller(msp)).admin,
  }),
  getRecommendedAllocation: read('/recommended-allocation'),
  'listItems: of a probe': read('/items?probeId={probeId}'),
};
