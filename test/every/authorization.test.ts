import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import { partition } from '../../lib/kit/keys.ts';
import { shellProblems } from '../../lib/kit/problem.ts';
import type { Route } from '../../lib/kit/route.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { quick } from '../kit/forest.ts';
import { openMailbox } from '../kit/mailbox.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { addCustomer, type Caller, call, makeMsp } from '../kit/world.ts';
import { claimsOf, knock, type Raw, routes, type Wire, wireOf } from './door.ts';
import * as relation from './family.ts';
import { type Actor, type Branch, type Family, isWithin, topOf } from './family.ts';
import { hearLogs } from './logs.ts';
import { makerOf, markCount, markEverything, marksIn, owners } from './marks.ts';
import { rules } from './rules.ts';
import type { Request, Stage } from './scenarios.ts';
import { withoutStacks } from './stacks.ts';
import { typicalOf } from './targets.ts';
import { type Watch, watchStore } from './watch.ts';

let stage: Stage;
let family: Family;
let store: Watch;
let [cells, texts, lines] = [0, 0, 0];
const hits: string[] = [];
const requests = new Map<string, Request>();
const staffs = new Map<string, readonly Actor[]>();
const nodes = new Map<string, Branch>();
const stops: (() => void)[] = [];

withoutStacks();
beforeAll(async () => {
  store = watchStore();
  const unmark = markEverything();
  const unheard = hearLogs((line) => {
    lines++;
    if (marksIn(line).length > 0) hits.push(`a line of the log: ${line}`);
  });
  stops.push(store.stop, unmark, unheard);
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  for (const { id } of routes) requests.set(id, await typicalOf(id)(stage));
  family = await relation.plantFamily(msp, await makeMsp());
  unmark();
  for (const { as } of requests.values()) {
    const top = as && topOf(await nodeOf(as.tenant));
    if (top?.type === 'PROVIDER' && top.id !== msp.id && !staffs.has(top.id))
      staffs.set(top.id, await relation.staff(top));
  }
  unheard();
  store.mode = 'walled';
});
afterAll(() => {
  for (const stop of stops) stop();
  process.stdout.write(
    `      matrix: ${cells} cells, 0 deviations\n      canaries: ${texts + lines} texts searched for ${markCount()} marks, ${hits.length} hits\n`,
  );
});

async function nodeOf(id: string): Promise<Branch> {
  const maker = makerOf(id);
  const found = nodes.get(id) ?? (await relation.branchOf(id)) ?? (maker && (await nodeOf(maker)));
  if (!found) throw new Error(`Nobody knows where ${id} stands`);
  nodes.set(id, found);
  return found;
}

/** Texts that go down: what a node writes for those below it, by the route that wrote it. */
const handedDown = new Set(['createProvider', 'createCustomer', 'createProduct', 'createCatalogueItem']);

/** Marks that somebody at a node has not to see. */
async function search(text: string, reader: Branch | undefined, told: string): Promise<void> {
  texts++;
  for (const { owner, route } of marksIn(text)) {
    const whose = await nodeOf(owner);
    const below = reader && isWithin(whose, reader);
    // Who has left keeps the names of what it had.
    const stands = reader && (isWithin(reader, whose) || makerOf(reader.id) === owner);
    const above = stands && handedDown.has(route);
    if (!below && !above) hits.push(`${told} shows what ${route} wrote of ${owner}`);
  }
}

const types = { provider: ['PROVIDER'], 'a customer': ['CUSTOMER', 'RESELLER'], 'a reseller': ['RESELLER'] };

/** The status that the rule and the relation demand; undefined: this actor may. */
function expected(id: string, actor: Actor, target: Branch | undefined): number | undefined {
  const rule = rules.get(id);
  const { how, home } = actor;
  if (!rule) throw new Error(`${id} has no rule`);
  const isEndUser = how === 'end user';
  if (how === 'nobody' || how === 'gone' || !home) return 401;
  if (rule.who === 'end users' && !isEndUser) return 401;
  if (isEndUser && rule.who !== 'end users' && rule.who !== 'anybody') return 401;
  if (relation.isDisabled(actor)) return 403;
  if (how === 'elsewhere') return rule.named ? 401 : 403;
  if (isEndUser || rule.who === 'anybody') return undefined;
  if (rule.named) {
    if (!target || !isWithin(target, home) || !types[rule.named].includes(target.type)) return 404;
  } else if (rule.home && !rule.home.includes(home.type)) return 403;
  const own = !rule.named || target?.id === home.id;
  if (![...relation.inForce(actor, own)].some((one) => rule.who.includes(one))) return 403;
  if (own && rule.below) return 403;
  const near = home.type === 'PROVIDER' || target?.parent?.id === home.id;
  return rule.fromNextAbove && !near ? 403 : undefined;
}

async function ask(route: Route, wire: Wire, actor: Actor): Promise<Raw> {
  cells++;
  const headers = { ...wire.headers, ...actor.headers };
  const answer = await knock(route, { ...wire, headers }, actor.caller && claimsOf(actor.caller));
  await search(answer.body + JSON.stringify(answer.headers), actor.home, `${route.id} to ${actor.name}`);
  return answer;
}

interface Case {
  readonly target: Branch | undefined;
  readonly wire: Wire;
  readonly actors: readonly Actor[];
  /** The same of something that never was. */
  readonly absent: Wire;
  /** True where the path names a thing besides that is not the target's. */
  readonly strange: boolean;
}

const someId = /\b([a-z]{3})_[0-9A-Z]{26}/g;
const fresh = (text: string): string =>
  text.replace(someId, (_, prefix) => newId('event', Date.now()).replace('evt', prefix));

/** Whom a route is tried with, and about what. */
async function casesOf(route: Route, request: Request): Promise<Case[]> {
  const typical = wireOf(route, request.line, { ...request, key: 'matrix' });
  const { named } = rules.get(route.id) ?? {};
  const sender = request.as && (await nodeOf(request.as.tenant));
  const top = sender && topOf(sender);
  const known = top?.type === 'PROVIDER' && top.id !== stage.msp.id;
  const around = known
    ? [...(staffs.get(top.id) ?? []), ...family.few, ...family.strangers]
    : [...family.near, ...family.own.slice(0, 3)];
  const near = [...around, ...(request.as && sender ? [senderOf(request.as, sender, request)] : [])];
  const one = { wire: typical, actors: near, strange: false };
  const param = named === 'provider' ? 'providerId' : 'customerId';
  const aimed = (id: string): Wire => ({ ...typical, params: { ...typical.params, [param]: id } });
  if (!named) {
    const params = Object.fromEntries(Object.entries(typical.params).map(([name, id]) => [name, fresh(id)]));
    return [{ ...one, target: undefined, absent: { ...typical, params } }];
  }
  // Products are the provider's: of its customers each may have seats of them.
  const isStrange = Object.keys(typical.params).some(
    (name) => name !== param && name.endsWith('Id') && name !== 'productId',
  );
  const absent = aimed(`${named === 'provider' ? 'prv' : 'cus'}_${'7'.repeat(26)}`);
  const about = (node: Branch, actors: readonly Actor[]): Case => ({
    ...{
      target: node,
      actors,
      wire: aimed(node.id),
      absent,
      strange: isStrange && node.id !== typical.params[param],
    },
  });
  const all = [...family.near, ...family.own];
  const cases: Case[] = [{ ...one, target: await nodeOf(typical.params[param] ?? ''), absent }];
  if (named === 'provider') return [...cases, about(family.provider, all), about(family.foreign, family.few)];
  return [
    ...cases,
    ...Object.values(family.whole).map((node) => about(node, all)),
    ...Object.values(family.others).map((node) => about(node, family.few)),
  ];
}

function senderOf(caller: Caller, home: Branch, { headers }: Request): Actor {
  const how = caller.roles.length > 0 ? 'member' : 'end user';
  return {
    name: 'who typically calls',
    home,
    caller,
    letters: relation.lettersOf(caller.roles),
    how,
    headers: headers ?? {},
  };
}

const plain = ({ statusCode, headers, body }: Raw) =>
  JSON.stringify({ statusCode, headers, body: body.replace(/"requestId":"[^"]*"/, '') });
const ofTheShell = new Set(
  shellProblems.filter(({ status }) => [401, 403].includes(status)).map(({ code }) => code),
);
const codeOf = ({ statusCode, body }: Raw) =>
  statusCode >= 400 ? (JSON.parse(body) as { code: string }).code : '';

/** What is wrong about a cell. */
async function deviation(route: Route, of: Case, actor: Actor): Promise<string | undefined> {
  const { target, wire, strange } = of;
  const status = expected(route.id, actor, target);
  const answer = await ask(route, wire, actor);
  const told = `${actor.name} about ${target?.id ?? 'their own'}: ${answer.statusCode} ${codeOf(answer)}`;
  if (status === undefined) {
    if (ofTheShell.has(codeOf(answer))) return `${told}, though they may`;
    if (answer.statusCode < 300 && strange) return `${told}, about a thing of another`;
    const named = strange || Object.keys(wire.params).some((name) => name !== 'customerId');
    const absent =
      codeOf(answer) === 'resource.not_found' && !named && target && !/_id|Id"/.test(wire.body ?? '');
    return absent ? `${told}, though it is there` : undefined;
  }
  if (answer.statusCode !== status) return `${told} in place of ${status}`;
  if (status !== 404 || wire === of.absent) return undefined;
  const never = await ask(route, of.absent, actor);
  return plain(never) === plain(answer)
    ? undefined
    : `${told}, otherwise than what never was: ${plain(never)}`;
}

describe('authorization matrix', () => {
  it('has a rule for every route, and none besides', () => {
    expect([...rules.keys()].sort()).toEqual(routes.map(({ id }) => id).sort());
  });

  it.each(
    routes.filter(({ permission }) => permission !== 'public').map((route) => [route.id, route] as const),
  )('%s', async (id, route) => {
    const deviations: string[] = [];
    for (const one of await casesOf(route, requests.get(id) as Request)) {
      await several(one.actors, async (actor) => {
        const found = await deviation(route, one, actor);
        if (found) deviations.push(found);
      });
    }
    expect([deviations.length, ...deviations.slice(0, 8)]).toEqual([0]);
  });

  it('holds for what names a customer elsewhere than in its path', async () => {
    const never = `cus_${'7'.repeat(26)}`;
    const ways: readonly ((id: string) => Request)[] = [
      (id) => ({ line: `GET /v1/audit-events?customerId=${id}` }),
      (id) => ({ line: `GET /v1/customers?parentId=${id}` }),
      (id) => ({ line: 'POST /v1/customers', body: quick({ parentId: id }) }),
    ];
    for (const node of [family.whole.self, family.others.half]) {
      const asking = family.near.filter(
        ({ home, how, letters }) => how === 'member' && letters === 'R' && home && !isWithin(node, home),
      );
      expect(asking.length).toBeGreaterThan(4);
      for (const way of ways) {
        await several(
          asking.filter((one) => !relation.isDisabled(one)),
          async ({ name, caller }) => {
            const [answer, absent] = [
              await call(way(node.id).line, { ...way(node.id), as: caller as Caller }),
              await call(way(never).line, { ...way(never), as: caller as Caller }),
            ];
            expect(`${name}: ${answer.status}`).toBe(`${name}: 404`);
            expect({ ...answer.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
          },
        );
      }
    }
  });

  it('lets those who may come as far as writing', () => {
    expect(store.kept()).toBeGreaterThan(1000);
  });
});

const isMailed = new Set(
  contexts
    .filter(({ reactionNeeds }) => reactionNeeds?.mail)
    .flatMap(({ subscribers = [] }) =>
      subscribers.flatMap((one) => (ownEvents(one) ?? []).map(({ type }) => type)),
    ),
);

describe('what one tenant wrote', () => {
  it('stands in no event, audit row or mail of those beside it', async () => {
    store.mode = 'open';
    const box = await openMailbox();
    for (const owner of owners()) {
      const node = await nodeOf(owner);
      for await (const row of each({ partition: partition(owner, 'AUDIT'), limit: 500 }))
        await search(JSON.stringify(row), node, `the audit of ${owner}`);
      for (const event of await announcedBy(owner)) {
        await search(JSON.stringify(event), node, `${event.type} of ${owner}`);
        if (!isMailed.has(event.type)) continue;
        const from = box.mails.length;
        await react(event);
        for (const mail of box.mails.slice(from))
          await search(JSON.stringify(mail), node, `the mail about ${event.type} of ${owner}`);
      }
    }
    expect(box.mails.length).toBeGreaterThan(20);
    box.close();
  });

  it('is seen by nobody beside or above it, in any answer, event, mail, audit row or line of the log', () => {
    expect([hits.length, ...new Set(hits)].slice(0, 40)).toEqual([0]);
    expect(markCount()).toBeGreaterThan(500);
  });
});
