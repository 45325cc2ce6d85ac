import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { type Entry, effectOf, hashOf, toEntry } from '../../lib/credits/entry.ts';
import { partition } from '../../lib/kit/keys.ts';
import { addPerson, allOf, type Bazaar, openBazaar, type Somebody } from '../catalog/bazaar.ts';
import { assign, bundle, edit, publish, step, unassign } from '../catalog/desk.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { plantCreditSystem, plantReseller } from '../kit/plant.ts';
import { type Answer, call, type Msp, makeMsp } from '../kit/world.ts';
import { type Command, departments, type Of } from './commands.ts';
import { move, own } from './desk.ts';
import {
  beginning,
  type Company,
  type Item,
  type Market,
  moveOn,
  type Order,
  ordering,
  sees,
  unitPrice,
  type World,
} from './reference.ts';

const any = { 'if-match': '*' };

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** The product beside the reference: the same company twice. */
interface Side {
  readonly company: Company;
  readonly bazaar: Bazaar;
  readonly somebody: ReadonlyMap<string, Somebody>;
}

/** One run: everything that is done is done to both, and both are asked. */
export class Walk {
  readonly world: World = { credits: true, epoch: 1, items: [], orders: [] };
  readonly answers = new Map<Order | Item, Answer>();
  readonly held = new Set<Item>();
  readonly counts: Record<string, number> = {};
  private readonly delivered = new Set<string>();
  private readonly msp: Msp;
  private readonly sides: readonly Side[];
  private readonly resellerId: string;

  constructor(msp: Msp, sides: readonly Side[], resellerId: string) {
    this.msp = msp;
    this.sides = sides;
    this.resellerId = resellerId;
  }

  static async begin(): Promise<Walk> {
    const msp = await makeMsp();
    await plantCreditSystem(msp.id);
    const { id } = await plantReseller(msp.id);
    const sides: Side[] = [];
    for (let index = 0; index < 2; index++) {
      const bazaar = await openBazaar(msp, 1);
      const people = [];
      for (const department of departments) {
        const somebody = await addPerson(msp, bazaar, { organization: 'All', department });
        people.push({ somebody, id: somebody.id, department });
      }
      const company: Company = {
        assigned: new Set(),
        restricted: new Set(),
        markets: [],
        people: people.map(({ somebody: _, ...one }) => one),
        fullView: false,
        balance: 0,
        blocked: false,
      };
      const somebody = new Map(people.map((one) => [one.id, one.somebody]));
      sides.push({ company, bazaar, somebody });
    }
    const [, below] = sides;
    const moved = await call(`POST /v1/customers/${below?.bazaar.id}/move`, {
      as: msp.catalog,
      body: { parentId: id },
      headers: any,
    });
    expect(moved.status).toBe(202);
    const walk = new Walk(msp, sides, id);
    await walk.deliver();
    return walk;
  }

  side(index: number): Side {
    return this.sides[index % this.sides.length] as Side;
  }

  async play(one: Command): Promise<void> {
    const before = this.world.orders.length;
    await (this[one.what] as (given: Command) => Promise<void>)(one);
    const done = one.what === 'order' && this.world.orders.length === before ? 'refused' : one.what;
    this.counts[done] = (this.counts[done] ?? 0) + 1;
  }

  async publish({ price, most, approval }: Of<'publish'>): Promise<void> {
    const quantity = { min: 1, max: most };
    const answer = await publish(this.msp.catalog, { approval, quantity, price: { base: price } });
    this.add(answer, { price, most, approval, parts: [] });
  }

  async bundle({ one, other }: Of<'bundle'>): Promise<void> {
    const parts = [...new Set([at(this.world.items, one), at(this.world.items, other)])].filter(
      (item) => item?.published && item.parts.length === 0,
    ) as Item[];
    if (parts.length === 0) return;
    const asked = parts.map(({ id }) => ({ itemId: id, min: 1, max: 2 }));
    const made = await bundle(this.msp.catalog, asked, { quantity: { min: 1, max: 2 } });
    expect((await step(this.msp.catalog, made, 'publish')).status).toBe(200);
    this.add(made, { price: 0, most: 2, approval: false, parts });
  }

  add(answer: Answer, more: Pick<Item, 'price' | 'most' | 'approval' | 'parts'>): void {
    const item: Item = { id: answer.body.id, epoch: this.world.epoch, published: true, ...more };
    this.world.items.push(item);
    this.answers.set(item, answer);
  }

  answerOf(of: Order | Item): Answer {
    return this.answers.get(of) as Answer;
  }

  async reprice({ item: index, price }: Of<'reprice'>): Promise<void> {
    const item = at(this.world.items, index);
    if (!item || item.parts.length > 0 || (item.price === price && item.epoch === this.world.epoch)) return;
    const as = this.msp.catalog;
    expect((await edit(as, this.answerOf(item), { price: { base: price } })).status).toBe(200);
    expect((await step(as, this.answerOf(item), 'publish')).status).toBe(200);
    Object.assign(item, { price, epoch: this.world.epoch, published: true });
  }

  async unpublish({ item: index }: Of<'unpublish'>): Promise<void> {
    const item = at(this.world.items, index);
    if (!item?.published) return;
    const bound = this.world.items.some((one) => one.published && one.parts.includes(item));
    const { status } = await step(this.msp.catalog, this.answerOf(item), 'unpublish');
    expect(status).toBe(bound ? 409 : 200);
    item.published = bound;
  }

  /** What a node has, its API's address, and what is above and below it. */
  node(index: number): { has: Set<Item>; id: string; above?: Set<Item>; below?: Set<Item> } {
    const [direct, child] = this.sides as [Side, Side];
    if (index === 0) return { has: direct.company.assigned, id: direct.bazaar.id };
    if (index === 1) return { has: this.held, id: this.resellerId, below: child.company.assigned };
    return { has: child.company.assigned, id: child.bazaar.id, above: this.held };
  }

  async assign({ node, item: index }: Of<'assign'>): Promise<void> {
    const item = at(this.world.items, index);
    const { has, id, above } = this.node(node);
    if (!item || has.has(item)) return;
    const may = item.published && (above?.has(item) ?? true);
    const { status } = await assign(this.msp.catalog, id, this.answerOf(item));
    expect(status).toBe(may ? 201 : 409);
    if (may) has.add(item);
  }

  async unassign({ node, item: index }: Of<'unassign'>): Promise<void> {
    const { has, id, below } = this.node(node);
    const item = at([...has], index);
    if (!item) return;
    const may = !below?.has(item);
    const { status } = await unassign(this.msp.catalog, id, this.answerOf(item));
    expect(status).toBe(may ? 204 : 409);
    if (!may) return;
    has.delete(item);
    for (const { company } of this.sides.filter((one) => one.company.assigned === has)) {
      company.restricted.delete(item);
      for (const market of company.markets) market.items = market.items.filter((one) => one !== item);
    }
    await this.deliver();
  }

  async view({ company: index, on }: Of<'view'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const sent = { as: this.msp.catalog, body: { on }, headers: any };
    expect((await call(`PUT /v1/customers/${bazaar.id}/full-view`, sent)).status).toBe(200);
    company.fullView = on;
  }

  async restrict({ company: index, item: at_, on }: Of<'restrict'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const item = at([...company.assigned], at_);
    if (!item) return;
    const line = `${on ? 'PUT' : 'DELETE'} /v1/customers/${bazaar.id}/restricted-items/${item.id}`;
    const { status } = await call(line, { as: this.msp.catalog, headers: any });
    if (on || company.restricted.has(item)) expect(status).toBeLessThan(300);
    if (on) company.restricted.add(item);
    else company.restricted.delete(item);
  }

  async market({ company: index, kind, person }: Of<'market'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const named = at(company.people, person);
    const items = [...company.assigned].filter((_, place) => (place + person) % 2 === 0);
    const department = kind === 1 ? (named?.department ?? null) : null;
    const people = kind === 2 && named ? [named.id] : [];
    const filters = department
      ? [{ all: [{ attribute: 'department', op: 'EQUALS', values: [department] }] }]
      : [];
    const body = {
      name: 'A market',
      everyone: kind === 0,
      people,
      filters,
      items: items.map(({ id }) => id),
    };
    const made = await call(`POST /v1/customers/${bazaar.id}/marketplaces`, { as: bazaar.admin, body });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    const market: Market = { id: made.body.id, everyone: kind === 0, department, people, items };
    company.markets.push(market);
    await this.deliver();
  }

  async close({ company: index, market }: Of<'close'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const found = at(company.markets, market);
    if (!found) return;
    const path = `/v1/customers/${bazaar.id}/marketplaces/${found.id}`;
    const { status } = await call(`DELETE ${path}`, { as: bazaar.admin, headers: any });
    expect(status).toBeLessThan(300);
    company.markets.splice(company.markets.indexOf(found), 1);
    await this.deliver();
  }

  async order(given: Of<'order'>): Promise<void> {
    const { company, somebody, bazaar } = this.side(given.company);
    const person = at(company.people, given.person);
    if (!person) return;
    // Three of four pick from what is seen: else nearly all would be refused.
    const seen = given.seen > 0 ? this.world.items.filter((one) => sees(company, person, one)) : [];
    const item = at(seen, given.item) ?? at(this.world.items, given.item);
    if (!item) return;
    const { quantity, ofEach, twice } = given;
    const parts = item.parts.map(({ id }) => ({ itemId: id, quantity: ofEach }));
    const as = somebody.get(person.id)?.as as Somebody['as'];
    const key = randomUUID();
    const send = () => call('POST /v1/requests', { as, key, body: { itemId: item.id, quantity, parts } });
    const answer = await send();
    const expected = ordering(this.world, { company, person, item }, { quantity, ofEach });
    if ('refused' in expected) {
      expect([answer.status, answer.body.code]).toEqual([409, expected.refused]);
    } else {
      expect([answer.status, answer.body.code]).toEqual([201, undefined]);
      const { price } = answer.body;
      expect(price.unit === 'CREDITS' ? price.total : 0).toBe(expected.cost);
      if (twice) expect((await send()).body.id).toBe(answer.body.id);
      company.balance -= expected.cost;
      const state = beginning(item);
      expect(answer.body.state).toBe(state);
      const order: Order = { company, person, item, cost: expected.cost, state, refunded: false };
      this.world.orders.push(order);
      this.answers.set(order, answer);
    }
    await this.compareBalance(company, bazaar);
  }

  async move({ order: index, verb }: Of<'move'>): Promise<void> {
    const order = at(this.world.orders, index);
    const side = this.sides.find(({ company }) => company === order?.company);
    if (!order || !side) return;
    const request = this.answerOf(order);
    const as = side.somebody.get(order.person.id)?.as as Somebody['as'];
    const mine = verb === 'cancel' && index % 2 === 0;
    const answer = mine
      ? await own(as, request, 'cancel')
      : await move(this.msp.catalog, request, verb, { comment: 'So it is' });
    expect(answer.status, `${verb} from ${order.state}`).toBe(moveOn(order, verb) ? 200 : 409);
    if (answer.status === 200) expect(answer.body.state).toBe(order.state);
    await this.compareBalance(side.company, side.bazaar);
  }

  async grant({ company: index, amount }: Of<'grant'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const path = `/v1/customers/${bazaar.id}/credits/grants`;
    const { status } = await call(`POST ${path}`, { as: this.msp.catalog, body: { amount } });
    expect(status).toBe(this.world.credits ? 201 : 409);
    if (this.world.credits) company.balance += amount;
  }

  async block({ company: index, on }: Of<'block'>): Promise<void> {
    const { company, bazaar } = this.side(index);
    const path = `/v1/customers/${bazaar.id}/credits/settings`;
    const sent = { as: this.msp.catalog, body: { blockBelowZero: on }, headers: any };
    const { status } = await call(`PATCH ${path}`, sent);
    if (status === 200) company.blocked = on;
    else expect([status, this.world.credits]).toEqual([409, false]);
  }

  async switch(): Promise<void> {
    const enabled = !this.world.credits;
    const body = { enabled, acknowledgeCostDataLoss: true };
    const { status } = await call('PUT /v1/credit-system', { as: this.msp.catalog, body, headers: any });
    expect(status).toBe(200);
    this.world.credits = enabled;
    this.world.epoch++;
  }

  /** Hands on what was announced, but for mails. */
  async deliver(): Promise<void> {
    for (;;) {
      const all = await announcedBy(this.msp.id, ...this.sides.map(({ bazaar }) => bazaar.id));
      const fresh = all.filter(
        ({ id, type }) => !this.delivered.has(id) && !/^(credits|requests)\./.test(type),
      );
      if (fresh.length === 0) return;
      for (const envelope of fresh) {
        this.delivered.add(envelope.id);
        await react(envelope);
      }
    }
  }

  async compareBalance(company: Company, bazaar: Bazaar): Promise<void> {
    const { body } = await call(`GET /v1/customers/${bazaar.id}/credits`, { as: this.msp.reader });
    expect(body.balance).toBe(company.balance);
  }

  /** What people see, at which price, and why. */
  async compareCatalogues(): Promise<void> {
    const { world } = this;
    for (const { company, somebody, bazaar } of this.sides) {
      for (const person of company.people) {
        const as = somebody.get(person.id)?.as as Somebody['as'];
        const { body } = await call('GET /v1/catalogue?limit=100', { as });
        const shown = body.items.map((one: { id: string; costs: { amount?: number } }) => [
          one.id,
          one.costs.amount ?? 0,
        ]);
        const expected = world.items
          .filter((item) => sees(company, person, item))
          .map((item) => [item.id, unitPrice(world, item, 1)]);
        expect(shown.toSorted()).toEqual(expected.toSorted());
        const why = await call(`GET /v1/people/${person.id}/entitlements?limit=100`, { as: bazaar.admin });
        const seen = why.body.items.filter(({ sees: it }: { sees: boolean }) => it);
        expect(seen.map(({ itemId }: { itemId: string }) => itemId).toSorted()).toEqual(
          expected.map(([id]) => id).toSorted(),
        );
      }
    }
  }

  /** Ledgers, requests and the ceiling, as they are stored. */
  async compareBooks(): Promise<void> {
    for (const { company, bazaar } of this.sides) {
      const entries = await ledgerOf(bazaar.id);
      let sum = 0;
      entries.forEach((one, index) => {
        const before = entries[index - 1];
        expect([one.seq, one.balance - effectOf(one), one.prev]).toEqual([
          index + 1,
          sum,
          before ? hashOf(before) : '',
        ]);
        sum += effectOf(one);
      });
      expect(sum).toBe(company.balance);
      const debits = new Map(
        entries.filter(({ type }) => type === 'DEBIT').map((one) => [idOf(one), one] as const),
      );
      const refunds = entries.filter(({ type }) => type === 'REFUND');
      expect(new Set(refunds.map(({ refundOf }) => refundOf)).size).toBe(refunds.length);
      for (const one of refunds) expect(debits.get(one.refundOf ?? '')?.amount).toBe(one.amount);
      const orders = this.world.orders.filter((one) => one.company === company);
      expect([debits.size, refunds.length]).toEqual([
        orders.filter(({ cost }) => cost > 0).length,
        orders.filter(({ refunded }) => refunded).length,
      ]);
      const { body } = await call(`GET /v1/customers/${bazaar.id}/requests?limit=100`, { as: bazaar.admin });
      expect(body.items.map(({ state }: { state: string }) => state).reverse()).toEqual(
        orders.map(({ state }) => state),
      );
    }
    const child = await allOf(this.node(2).id, 'ASSIGNED');
    const ceiling = new Set((await allOf(this.resellerId, 'ASSIGNED')).map(({ id }) => id));
    expect(child.filter(({ id }) => !ceiling.has(id))).toEqual([]);
    expect(child.map(({ id }) => id).toSorted()).toEqual(
      [...this.node(2).has].map(({ id }) => id).toSorted(),
    );
  }
}

const idOf = ({ previousAt }: Entry) =>
  `ent_${previousAt === '0' ? '0'.repeat(17) : previousAt.replace(/\D/g, '')}`;

async function ledgerOf(customerId: string): Promise<Entry[]> {
  const out: Entry[] = [];
  for await (const one of each({ partition: partition(customerId, 'ENTRY'), limit: 500, consistent: true }))
    out.push(toEntry(one));
  return out;
}
