import { randomUUID } from 'node:crypto';
import { any, shelf, stockProduct } from '../licensing/shelf.ts';
import { type Bent, newAgent, type TestAgent } from './agent.ts';
import { type Answer, type Caller, call, type Msp } from './world.ts';

/** A machine of the tests: an agent that enrols with an installation package. */
export interface TestMachine {
  readonly agent: TestAgent;
  machineId: string;
  enrol(packageToken: string, more?: Record<string, unknown>, bent?: Bent): Promise<Answer>;
  heartbeat(bent?: Bent): Promise<Answer>;
  policy(): Promise<Answer>;
  report(sequence: number, more?: Record<string, unknown>): Promise<Answer>;
}

export const programs = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `Program number ${at}`, version: `1.${at}.0` }));

export function newMachine(agent: TestAgent = newAgent()): TestMachine {
  const machine: TestMachine = {
    agent,
    machineId: '',
    async enrol(packageToken, more = {}, bent = {}) {
      const said = { name: `PC ${randomUUID().slice(0, 8)}`, platform: 'LINUX', osVersion: 'Debian 13' };
      const body = { packageToken, publicKey: agent.publicKey, ...said, ...more };
      const answer = await agent.send('POST /v1/machine/enrol', body, { count: 0, ...bent });
      if (answer.status === 200) {
        agent.certificate = answer.body.certificate;
        machine.machineId = answer.body.machineId;
      }
      return answer;
    },
    heartbeat: (bent) => agent.send('POST /v1/machine/heartbeat', {}, bent),
    policy: () => agent.send('GET /v1/machine/policy'),
    report: (sequence, more = {}) =>
      agent.send('POST /v1/machine/inventory', {
        sequence,
        hostname: 'pc-17.contoso.example',
        osVersion: 'Debian 13.2',
        agentVersion: 'test/1',
        programs: programs(3),
        ...more,
      }),
  };
  return machine;
}

/** A customer's console with licences of a product and packages for it, all over the API. */
export async function openOffice(
  msp: Msp,
  customer: { readonly id: string; readonly admin: Caller },
  { seats = 10, uses = 10_000 }: { seats?: number; uses?: number } = {},
) {
  const product = await stockProduct(msp, { mspLicence: true });
  const licences = shelf(msp, customer.id, product);
  const bought = seats > 0 ? await licences.buy(seats) : undefined;
  if (bought && bought.status !== 201) throw new Error(JSON.stringify(bought.body));
  const path = `/v1/customers/${customer.id}`;
  const as = customer.admin;
  const pack = async (more: Record<string, unknown> = {}) => {
    const body = { productId: product.id, platform: 'ANY', mostUses: uses, ...more };
    const answer = await call(`POST ${path}/packages`, { as, body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body as { id: string; token: string };
  };
  const first = await pack();
  const office = {
    ...{ product, licences, path, as, pack, token: first.token, packageId: first.id },
    subscriptionId: bought?.body.id as string,
    /** Enrols a machine that must be let in. */
    enrolled: async (more: Record<string, unknown> = {}): Promise<TestMachine> => {
      const machine = newMachine();
      const answer = await machine.enrol(first.token, more);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return machine;
    },
    see: (machineId: string, rest = '') => call(`GET ${path}/machines/${machineId}${rest}`, { as }),
    list: (query = '') => call(`GET ${path}/machines${query}`, { as }),
    change: (machineId: string, body: unknown, headers: Record<string, string> = any) =>
      call(`PATCH ${path}/machines/${machineId}`, { as, body, headers }),
    remove: (machineId: string, query = '', headers: Record<string, string> = any) =>
      call(`DELETE ${path}/machines/${machineId}${query}`, { as, headers }),
  };
  return office;
}
export type Office = Awaited<ReturnType<typeof openOffice>>;
