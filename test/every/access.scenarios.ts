import { newDesk } from '../access/desk.ts';
import type { Request, Scenario, Scenarios } from './scenarios.ts';

type Desk = Awaited<ReturnType<typeof newDesk>>;

/** A request about a customer of its own, whose partner may enter. */
const at =
  (make: (desk: Desk) => Request | Promise<Request>): Scenario =>
  async ({ msp }) =>
    make(await newDesk(msp));

const any = { 'if-match': '*' };

export const access: Scenarios = {
  getAccess: at(({ path, admin }) => ({ line: `GET ${path}/access`, as: admin })),
  askAccess: at(({ path, msp, wish }) => ({
    line: `PUT ${path}/access`,
    as: msp.catalog,
    body: wish({ endsInDays: 300 }),
    headers: any,
  })),
  decideAccess: at(({ path, admin }) => ({
    line: `POST ${path}/access/decision`,
    as: admin,
    body: { decision: 'REVOKE', reason: 'The contract is over' },
    headers: any,
  })),
  openSession: at(({ path, msp, entry }) => ({
    line: `POST ${path}/access-sessions`,
    as: msp.catalog,
    body: entry(),
  })),
  listSessions: at(async ({ path, admin, open }) => {
    await open();
    return { line: `GET ${path}/access-sessions`, as: admin };
  }),
  getSession: at(async ({ path, admin, open }) => {
    const { body } = await open();
    return { line: `GET ${path}/access-sessions/${body.id}`, as: admin };
  }),
  endSession: at(async ({ path, admin, open }) => {
    const { body } = await open();
    return { line: `POST ${path}/access-sessions/${body.id}/end`, as: admin };
  }),
  decideSession: at(async ({ path, admin, open, narrow }) => {
    await narrow({ approval: 'EACH' });
    const { body } = await open();
    const line = `POST ${path}/access-sessions/${body.id}/decision`;
    return { line, as: admin, body: { decision: 'APPROVE' }, headers: any };
  }),
  reviewAccess: at(({ msp }) => ({ line: 'GET /v1/access-review', as: msp.catalog })),
};
