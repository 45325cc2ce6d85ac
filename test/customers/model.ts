import type { AsyncCommand } from 'fast-check';
import fc from 'fast-check';
import { expect } from 'vitest';
import { presets } from '../../lib/users/role.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { any, quick } from '../kit/forest.ts';
import { type Answer, call, type Msp } from '../kit/world.ts';
import { part } from '../users/people.ts';

/** What we believe of a node: enough to say beforehand what the API will do. */
interface Known {
  readonly parentId: string;
  readonly domain: string;
  seller: boolean;
  disabled: boolean;
  readonly offers: Set<string>;
  readonly held: Set<string>;
  readonly users: Set<string>;
}

export interface Model {
  readonly nodes: Map<string, Known>;
  readonly parents: Map<string, string>;
  /** What was ever moved: it may be deleted before it arrives. */
  readonly moved: Set<string>;
  moving: boolean;
}

export interface Real {
  readonly msp: Msp;
  readonly services: readonly string[];
}

type Step = AsyncCommand<Model, Real>;
const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
const ids = ({ nodes }: Model) => [...nodes.keys()];
const childrenOf = ({ parents }: Model, id: string) => [...parents].filter(([, parent]) => parent === id);

function lineOf({ parents }: Model, id: string): string[] {
  const above = parents.get(id);
  return above === undefined ? [id] : [...lineOf({ parents } as Model, above), id];
}
const levelsBelow = (model: Model, id: string): number =>
  1 + Math.max(0, ...childrenOf(model, id).map(([child]) => levelsBelow(model, child)));
const offers = (model: Model, { msp }: Real, id: string, service: string) =>
  id === msp.id || model.nodes.get(id)?.offers.has(service) === true;

const taken = new Map<string, number>();
let counting = true;
const count = (what: string) => counting && taken.set(what, (taken.get(what) ?? 0) + 1);
/** How often each step was taken and how often refused, so that nobody believes in a test that did nothing. */
export const tally = () => [...taken].toSorted().map(([what, times]) => `${what} ${times}`);

/** A step of somebody at a node: `act` says what came of it, `may` whether it had to come to that (undefined: either). */
function step(
  name: string,
  about: {
    readonly node: (model: Model, real: Real) => string | undefined;
    readonly may: (model: Model, real: Real, id: string) => boolean | undefined;
    readonly send: (model: Model, real: Real, id: string) => Promise<Answer>;
    readonly done?: (model: Model, answer: Answer, id: string, real: Real) => void;
  },
): Step {
  let said = name;
  return {
    check: () => true,
    run: async (model, real) => {
      const id = about.node(model, real);
      if (id === undefined) return;
      const expected = about.may(model, real, id);
      const answer = await about.send(model, real, id);
      said = `${name} at ${id.slice(-4)}: ${answer.status} ${answer.body?.code ?? ''}`;
      count(answer.status < 300 ? name : `no ${name}`);
      if (expected !== undefined) expect(answer.status < 300, `${said}, expected ${expected}`).toBe(expected);
      if (answer.status < 300) about.done?.(model, answer, id, real);
    },
    toString: () => said,
  };
}

const put = (real: Real, line: string, body?: unknown) =>
  call(line, { as: real.msp.catalog, body, headers: any });
const sellers = (model: Model, { msp }: Real) => [
  msp.id,
  ...ids(model).filter((id) => model.nodes.get(id)?.seller),
];
const known = (model: Model, id: string) => model.nodes.get(id) as Known;

const create = (n: number) =>
  step('create', {
    node: (model, real) => at([...sellers(model, real), ...ids(model)], n),
    may: (model, real, id) =>
      (id === real.msp.id || known(model, id).seller) && lineOf(model, id).length < 10,
    send: (_, real, parentId) => put(real, 'POST /v1/customers', quick({ parentId })),
    done: (model, { body }, parentId) => {
      model.parents.set(body.id, parentId);
      model.nodes.set(body.id, {
        parentId,
        domain: body.domains[0].name,
        seller: false,
        disabled: false,
        offers: new Set(),
        held: new Set(),
        users: new Set(),
      });
    },
  });

const sell = (n: number) =>
  step('make a reseller', {
    node: (model) => at(ids(model), n),
    may: (model, _, id) => known(model, id).seller || !known(model, id).disabled,
    send: (_, real, id) => put(real, `PUT /v1/customers/${id}/reseller-service`),
    done: (model, _, id) => {
      known(model, id).seller = true;
    },
  });

const unsell = (n: number) =>
  step('make no reseller', {
    node: (model) => at(ids(model), n),
    may: (model, _, id) => {
      const { seller, disabled, offers: handed } = known(model, id);
      return !seller || (!disabled && childrenOf(model, id).length === 0 && handed.size === 0);
    },
    send: (_, real, id) => put(real, `DELETE /v1/customers/${id}/reseller-service`),
    done: (model, _, id) => {
      known(model, id).seller = false;
    },
  });

const turn = (n: number, what: 'disable' | 'enable') =>
  step(what, {
    node: (model) => at(ids(model), n),
    may: (model, _, id) => known(model, id).disabled === (what === 'enable'),
    send: (_, real, id) => put(real, `POST /v1/customers/${id}/${what}`),
    done: (model, _, id) => {
      known(model, id).disabled = what === 'disable';
    },
  });

const move = (n: number, to: number) =>
  step('move', {
    node: (model) => at(ids(model), n),
    may: (model, real, id) => {
      const target = at([...sellers(model, real), ...ids(model)], to) ?? real.msp.id;
      const line = lineOf(model, target);
      const sells = target === real.msp.id || known(model, target).seller;
      const shut = line.some((one) => model.nodes.get(one)?.disabled && known(model, one).seller);
      const { held, offers: handed } = known(model, id);
      const kept = [...held, ...handed].every((one) => offers(model, real, target, one));
      const fits = line.length + levelsBelow(model, id) <= 10;
      const may = sells && !line.includes(id) && fits && !shut && !model.moving && kept;
      // Domains shared with the parent do not move along: said by what the profile holds alone.
      return may ? undefined : false;
    },
    send: (model, real, id) => {
      const parentId = at([...sellers(model, real), ...ids(model)], to) ?? real.msp.id;
      return put(real, `POST /v1/customers/${id}/move`, { parentId, acceptLostRoles: true });
    },
    done: (model, { body }, id) => {
      model.moving = body.status === 'InProgress';
      model.parents.set(id, body.toId);
      model.moved.add(id);
    },
  });

/** Lets the stored paths of whatever has moved follow. */
export async function arrive(model: Model): Promise<void> {
  const events = await announcedBy(...model.moved);
  for (const one of events.filter(({ type }) => type === 'customers.move_requested.v1')) await react(one);
  model.moving = false;
}

const arriving: Step = { check: () => true, run: (model) => arrive(model), toString: () => 'arrive' };

const remove = (n: number) =>
  step('delete', {
    node: (model) => at(model.moving ? [] : ids(model), n),
    may: (model, _, id) => {
      const { held, offers: handed, users } = known(model, id);
      const rest = childrenOf(model, id).length + held.size + handed.size;
      // The last user, an administrator, goes with the customer.
      return rest === 0 && users.size === 1 ? undefined : rest + users.size === 0;
    },
    send: (_, real, id) => put(real, `DELETE /v1/customers/${id}`),
    done: (model, _, id) => {
      model.nodes.delete(id);
      model.parents.delete(id);
    },
  });

const offer = (n: number, s: number, what: 'PUT' | 'DELETE') =>
  step(`${what} offer`, {
    node: (model) => at(ids(model), n),
    may: (model, real, id) => {
      const service = at(real.services, s) ?? '';
      const { seller, offers: handed } = known(model, id);
      if (!seller) return false;
      if (what === 'PUT')
        return handed.has(service) || offers(model, real, model.parents.get(id) ?? '', service);
      const below = childrenOf(model, id).map(([child]) => known(model, child));
      return handed.has(service) && below.every((one) => !one.held.has(service) && !one.offers.has(service));
    },
    send: (_, real, id) => put(real, `${what} /v1/customers/${id}/offers/${at(real.services, s)}`),
    done: (model, _, id, real) => change(known(model, id).offers, what === 'PUT', at(real.services, s) ?? ''),
  });

const serve = (n: number, s: number, what: 'PUT' | 'DELETE') =>
  step(`${what} service`, {
    node: (model) => at(ids(model), n),
    may: (model, real, id) => {
      const service = at(real.services, s) ?? '';
      const { held } = known(model, id);
      if (what === 'DELETE') return held.has(service);
      return held.has(service) || offers(model, real, model.parents.get(id) ?? '', service);
    },
    send: (_, real, id) =>
      put(
        real,
        `${what} /v1/customers/${id}/services/${at(real.services, s)}`,
        what === 'PUT' ? { planId: null } : undefined,
      ),
    done: (model, _, id, real) => change(known(model, id).held, what === 'PUT', at(real.services, s) ?? ''),
  });

function change(set: Set<string>, more: boolean, service: string): void {
  if (more) set.add(service);
  else set.delete(service);
}

const roleOf = (r: number) => ({ preset: at(presets, r) });

const enter = (n: number, r: number) =>
  step('add a user', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (model, real, id) =>
      put(real, `POST /v1/customers/${id}/users`, {
        firstName: 'Ann',
        lastName: 'Lee',
        upn: `${part()}@${known(model, id).domain}`,
        ...(r % 3 === 0 ? {} : { role: roleOf(r) }),
      }),
    done: (model, { body }, id) => known(model, id).users.add(body.id),
  });

const user = (name: string, n: number, send: (real: Real, line: string) => Promise<Answer>) =>
  step(name, {
    node: (model) =>
      at(
        ids(model).filter((id) => known(model, id).users.size > 0),
        n,
      ),
    may: () => undefined,
    send: (model, real, id) => send(real, `/v1/customers/${id}/users/${at([...known(model, id).users], n)}`),
    done: (model, { status }, id) => {
      if (status === 204) known(model, id).users.delete(at([...known(model, id).users], n) ?? '');
    },
  });

const allow = (n: number, r: number) =>
  step('allow roles', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (_, real, id) =>
      put(real, `PATCH /v1/customers/${id}`, { allowedRoles: presets.filter((_, one) => one !== r % 8) }),
  });

const limit = (n: number, userLimit: number | null) =>
  step('limit users', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (_, real, id) => put(real, `PATCH /v1/customers/${id}`, { userLimit }),
  });

const settle = (n: number, lock: boolean) =>
  step('change settings', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (_, real, id) =>
      put(real, `PATCH /v1/customers/${id}/settings`, {
        locale: lock ? 'de' : 'fr',
        locks: lock ? ['locale'] : [],
      }),
  });

const rehouse = (n: number, r: number) =>
  step('change domains', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (model, real, id) => {
      const own = { name: `${part()}.example`, primary: true };
      const old = { name: known(model, id).domain };
      const above = model.nodes.get(model.parents.get(id) ?? '');
      const shared = above && r % 2 ? [{ name: above.domain }] : [];
      const domains = [own, ...(r % 3 ? [old] : []), ...shared];
      return put(real, `PATCH /v1/customers/${id}`, { domains, shareDomains: true });
    },
    done: (model, { body }, id) => {
      model.nodes.set(id, { ...known(model, id), domain: body.domains[0].name });
    },
  });

const restrict = (n: number, r: number) =>
  step('restrict roles', {
    node: (model) => at(ids(model), n),
    may: () => undefined,
    send: (_, real, id) =>
      put(real, `PATCH /v1/customers/${id}`, { restrictedRoles: [at(presets.slice(1), r)] }),
  });

/** A small tree to begin with: two resellers below each other, who hand on a service, three people, and a move. */
const prelude: readonly Step[] = [
  ...[create(0), sell(0), create(1), sell(1), create(2), create(0)],
  ...[offer(0, 0, 'PUT'), offer(1, 0, 'PUT'), serve(2, 0, 'PUT')],
  ...[enter(2, 3), enter(2, 4), enter(2, 8), enter(0, 0)],
  ...[move(3, 1), create(0), arriving],
];

/** Takes these steps, which count for nothing. */
export async function begin(model: Model, real: Real): Promise<void> {
  counting = false;
  for (const one of prelude) await one.run(model, real);
  counting = true;
}

const n = fc.nat(60);
/** Random steps; those that make a tree grow come more often. */
export const steps: fc.Arbitrary<Step>[] = [
  n.map(create),
  n.map(create),
  n.map(create),
  n.map(sell),
  n.map(sell),
  n.map(sell),
  n.map(unsell),
  n.map(remove),
  n.map((one) => turn(one, 'disable')),
  n.map((one) => turn(one, 'enable')),
  fc.tuple(n, n).map(([one, to]) => move(one, to)),
  fc.tuple(n, n).map(([one, to]) => move(one, to)),
  fc.constant(arriving),
  fc.tuple(n, n).map(([one, s]) => offer(one, s, 'PUT')),
  fc.tuple(n, n).map(([one, s]) => offer(one, s, 'PUT')),
  fc.tuple(n, n).map(([one, s]) => offer(one, s, 'DELETE')),
  fc.tuple(n, n).map(([one, s]) => serve(one, s, 'PUT')),
  fc.tuple(n, n).map(([one, s]) => serve(one, s, 'PUT')),
  fc.tuple(n, n).map(([one, s]) => serve(one, s, 'DELETE')),
  fc.tuple(n, n).map(([one, r]) => enter(one, r)),
  fc.tuple(n, n).map(([one, r]) => enter(one, r)),
  fc
    .tuple(n, n)
    .map(([one, r]) =>
      user('change a role', one, (real, line) => put(real, `PATCH ${line}`, { role: roleOf(r) })),
    ),
  n.map((one) => user('take every role', one, (real, line) => put(real, `PATCH ${line}`, { role: null }))),
  n.map((one) => user('disable a user', one, (real, line) => put(real, `PATCH ${line}`, { disabled: true }))),
  n.map((one) => user('remove a user', one, (real, line) => put(real, `DELETE ${line}`))),
  n.map((one) =>
    user('remove an administrator', one, (real, line) =>
      put(real, `DELETE ${line.replace('/users/usr_', '/administrators/per_')}`),
    ),
  ),
  fc.tuple(n, n).map(([one, r]) => restrict(one, r)),
  fc.tuple(n, n).map(([one, r]) => allow(one, r)),
  fc.tuple(n, n).map(([one, most]) => limit(one, most % 4 ? most % 8 : null)),
  fc.tuple(n, fc.boolean()).map(([one, lock]) => settle(one, lock)),
  fc.tuple(n, n).map(([one, r]) => rehouse(one, r)),
  fc.tuple(n, n).map(([one, r]) => rehouse(one, r)),
];
