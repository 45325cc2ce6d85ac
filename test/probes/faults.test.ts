import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { onProbeRetired } from '../../functions/probes/on-probe-retired.ts';
import { onTotalsChanged } from '../../functions/probes/on-totals-changed.ts';
import { each, get } from '../../lib/aws/db.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import { meterKey, partition, pulseKey } from '../../lib/kit/keys.ts';
import { agentHandler, newAgent, type TestAgent } from '../kit/agent.ts';
import { announcedBy } from '../kit/deliver.ts';
import { type Fault, faults, listenForFaults, under } from '../kit/faults.ts';
import { type Answer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { noticesOf, openDesk, setPool } from '../licensing/desk.ts';
import { partsOf, Reference, type Thing } from './reference.ts';

const seeds = process.env.SEEDS ? process.env.SEEDS.split(',').map(Number) : [3, 17, 2026];
const steps = 60;
const licensed = 150;

beforeAll(() => listenForFaults());
afterEach(() => {
  vi.useRealTimers();
});

const beginsAt = Date.parse('2027-03-01T20:00:00.000Z');
const stepMs = 3_600_000;
// It goes on by itself: what is written later has a later time.
const setClock = (now: number) =>
  vi.useFakeTimers({ now, toFake: ['Date'], shouldAdvanceTime: true, advanceTimeDelta: 1 });
const today = () => new Date().toISOString().slice(0, 10);

function generator(seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (count: number) => Math.floor(random() * count);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return { random, below, one };
}

interface Report {
  readonly sequence: number;
  readonly items: readonly Thing[];
}

/** A probe as its site knows it. */
interface Site {
  readonly customerId: string;
  readonly probeId: string;
  readonly agent: TestAgent;
  sequence: number;
  /** Sent, and not answered yet. */
  open: Report | undefined;
  readonly answered: Report[];
  /** How far the reference has followed. */
  at: { inventory: number; parts: number };
  usage: { sequence: number; counts: { DEVICE: number } };
  /** What counted last on each day, by the calendar of this test alone. */
  readonly days: Map<string, { DEVICE: number }>;
  /** A report of use that went astray and comes late. */
  astray: { sequence: number; counts: { DEVICE: number } } | undefined;
}

/** One schedule: what sites and people do, what becomes of the calls of the store, and what it has to come to. */
class Schedule {
  readonly dice: ReturnType<typeof generator>;
  readonly met: Record<string, number> = {};
  readonly reference = new Reference(licensed);
  readonly sites: Site[] = [];
  msp!: Msp;

  constructor(seed: number) {
    this.dice = generator(seed);
  }

  note(what: string): void {
    this.met[what] = (this.met[what] ?? 0) + 1;
  }

  async open(): Promise<void> {
    this.msp = await makeMsp();
    await setPool(this.msp, 'DEVICE', licensed);
    for (const [limit, probes] of [
      [40, 2],
      [60, 1],
      [null, 1],
    ] as const) {
      const desk = await openDesk(this.msp);
      if (limit !== null) await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit } } });
      this.reference.open(desk.id, limit);
      for (let count = 0; count < probes; count++) this.sites.push(await this.site(desk.id));
    }
  }

  private async site(customerId: string): Promise<Site> {
    const { body } = await call(`POST /v1/customers/${customerId}/probes`, {
      as: this.msp.catalog,
      body: { name: `Probe ${randomUUID()}` },
    });
    const agent = newAgent();
    expect((await agent.enrol(body.enrolmentKey)).status).toBe(200);
    return {
      customerId,
      probeId: agent.probeId,
      agent,
      sequence: 0,
      open: undefined,
      answered: [],
      at: { inventory: 0, parts: 0 },
      usage: { sequence: 0, counts: { DEVICE: 0 } },
      astray: undefined,
      days: new Map(),
    };
  }

  /** Does something while a call of the store may meet a fault; undefined where no answer came. */
  async risk(run: () => Promise<Answer>): Promise<Answer | undefined> {
    const { random, below, one } = this.dice;
    if (random() < 0.3) return run();
    const how: Fault = one(faults);
    const { result, struck } = await under({ after: below(14), how }, run);
    if (struck) this.note(struck);
    if (result.status === 'rejected') {
      this.note('no answer');
      return undefined;
    }
    if (random() < 0.15) {
      this.note('answer lost');
      return undefined;
    }
    return result.value;
  }

  send(site: Site, what: string, body: unknown): Promise<Answer> {
    return site.agent.send(`POST /v1/agent/${what}`, body, { handler: agentHandler() });
  }

  /** Lets the reference follow as far as the pulse says that a report was applied. */
  async follow(site: Site): Promise<void> {
    const pulse = await get(pulseKey(site.customerId, site.probeId), true);
    const now = { inventory: Number(pulse?.inventory), parts: Number(pulse?.parts) };
    const from = now.inventory === site.at.inventory ? site.at.parts : 0;
    for (let part = from; part < now.parts; part++) {
      expect(now.inventory).toBe(site.open?.sequence);
      this.reference.part(site.customerId, site.probeId, { items: site.open?.items ?? [], part });
    }
    site.at = now;
  }

  /** Sends what is open once; true when it was answered. */
  async tryInventory(site: Site): Promise<boolean> {
    const report = site.open;
    if (!report) return true;
    const answer = await this.risk(() => this.send(site, 'inventory', report));
    await this.follow(site);
    // A call that the store took twice looks like a replayed one: it is sent again, with another count.
    if (answer?.status !== 200) return false;
    expect(site.at).toEqual({ inventory: report.sequence, parts: partsOf(report.items) });
    site.open = undefined;
    site.answered.push(report);
    return true;
  }

  async inventory(site: Site): Promise<void> {
    const { random, below } = this.dice;
    if (!site.open) {
      const ids = [...new Set(Array.from({ length: 1 + below(140) }, () => below(90)))];
      const items = ids.map((id): Thing => {
        const gone = random() < 0.35;
        return { type: 'DEVICE', externalId: `d-${id}`, ...(gone ? { gone } : { name: `Device ${id}` }) };
      });
      site.open = { sequence: ++site.sequence, items };
    }
    await this.tryInventory(site);
  }

  async disorder(site: Site): Promise<void> {
    const { one, random } = this.dice;
    const old = site.answered.length > 0 ? one(site.answered) : undefined;
    const ahead = await this.send(site, 'inventory', { sequence: site.sequence + 2, items: things(3) });
    expect(ahead).toMatchObject({ status: 409, body: { code: 'agent.sequence_gap' } });
    this.note('out of order');
    if (!old || site.open) return;
    const again = await this.send(site, 'inventory', old);
    expect(again).toMatchObject({ status: 200, body: { accepted: false, sequence: site.sequence } });
    this.note('duplicate');
    if (random() < 0.5) return;
    const last = { sequence: site.sequence, items: things(4) };
    expect((await this.send(site, 'inventory', last)).status).toBe(422);
  }

  async usage(site: Site): Promise<void> {
    const { random, below } = this.dice;
    const next = { sequence: site.usage.sequence + 1 + below(3), counts: { DEVICE: below(500) } };
    if (!site.astray && random() < 0.3) {
      site.astray = next;
      return;
    }
    const sent = site.astray && random() < 0.5 ? site.astray : next;
    if (sent === site.astray) {
      this.note('late');
      site.astray = undefined;
    }
    for (let answer: Answer | undefined; answer?.status !== 200; )
      answer = await this.risk(() => this.send(site, 'usage', sent));
    if (sent.sequence <= site.usage.sequence) return;
    site.usage = sent;
    site.days.set(today(), sent.counts);
  }

  /** People stop or take up one item; their client sends again under the same key until it is answered. */
  async people(site: Site): Promise<void> {
    const { customerId } = site;
    const names = [...this.reference.of(customerId).items.keys()];
    if (names.length === 0) return;
    const name = this.dice.one(names);
    const id = (await stored(customerId)).find((item) => nameOf(item) === name)?.id;
    const verb = this.dice.random() < 0.5 ? 'unmanage' : 'manage';
    const as: Caller = this.msp.catalog;
    const key = randomUUID();
    const line = `POST /v1/customers/${customerId}/items/${verb}`;
    for (let answer: Answer | undefined; answer?.status !== 200; )
      answer = await this.risk(() => call(line, { as, key, body: { ids: [id] } }));
    this.reference[verb](customerId, name);
  }

  async run(): Promise<void> {
    setClock(beginsAt);
    await this.open();
    const { one, random } = this.dice;
    for (let step = 0; step < steps; step++) {
      setClock(beginsAt + step * stepMs);
      const site = one(this.sites);
      const dice = random();
      if (dice < 0.5) await this.inventory(site);
      else if (dice < 0.6) await this.disorder(site);
      else if (dice < 0.8) await this.usage(site);
      else await this.people(site);
    }
    for (const site of this.sites) while (!(await this.tryInventory(site))) this.note('sent again');
  }

  /** Retires a probe: the work that deletes its items crashes, and is tried again. */
  async retire(site: Site): Promise<void> {
    const line = `DELETE /v1/customers/${site.customerId}/probes/${site.probeId}?force=true`;
    const gone = await call(line, { as: this.msp.catalog, headers: { 'if-match': '*' } });
    expect(gone.status).toBe(202);
    await this.react(onProbeRetired);
    const names = [...this.reference.of(site.customerId).items.keys()];
    this.reference.forget(
      site.customerId,
      names.filter((name) => name.startsWith(site.probeId)),
    );
    expect((await call(`GET ${gone.headers.location}`, { as: this.msp.reader })).body.state).toBe(
      'Provisioned',
    );
  }

  /** Hands every event to a reaction, in any order, until it was done without a fault. */
  async react(reaction: typeof onTotalsChanged): Promise<void> {
    const types = ownEvents(reaction)?.map(({ type }) => type) ?? [];
    const customers = [...this.reference.accounts.keys()];
    const all = (await announcedBy(this.msp.id, ...customers)).filter(({ type }) => types.includes(type));
    const order = all.map((envelope) => ({ envelope, at: this.dice.random() })).sort((a, b) => a.at - b.at);
    for (const { envelope } of order) {
      for (let done = false; !done; ) {
        const fault = { after: this.dice.below(12), how: this.dice.one(faults) };
        const { result, struck } = await under(fault, () => reaction.handle(envelope));
        if (struck) this.note(struck);
        done = result.status === 'fulfilled';
      }
    }
  }
}

const things = (count: number): Thing[] =>
  Array.from({ length: count }, (_, at) => ({ type: 'DEVICE', externalId: `x-${at}`, name: 'x' }));
const nameOf = ({ probeId, type, externalId }: Record<string, unknown>) => `${probeId} ${type} ${externalId}`;

async function stored(customerId: string): Promise<Record<string, unknown>[]> {
  const out: Record<string, unknown>[] = [];
  for await (const item of each({ partition: partition(customerId, 'ITEM'), limit: 500, consistent: true }))
    out.push(item);
  return out;
}

/** What was kept of each day that is over. */
async function observedOf(customerId: string, probeId: string): Promise<unknown[]> {
  const out: unknown[] = [];
  for await (const { day, counts, probeId: of } of each({
    partition: partition(customerId, 'OBSERVED'),
    limit: 500,
    consistent: true,
  }))
    if (of === probeId) out.push([day, counts]);
  return out;
}

async function expectSame({ reference, sites, msp }: Schedule): Promise<void> {
  let observations = 0;
  for (const [customerId, account] of reference.accounts) {
    const items = (await stored(customerId)).map((item): [string, unknown] => [
      nameOf(item),
      [item.state === 'MANAGED', item.state === 'UNMANAGED' && item.summary !== 'BY_REQUEST'],
    ]);
    const wanted = [...account.items].map(([name, { managed, waits }]) => [name, [managed, waits]]);
    expect(new Map(items)).toEqual(new Map(wanted as [string, unknown][]));
    const meter = await get(meterKey(customerId, 'DEVICE'), true);
    const waiting = [...account.items.values()].filter(({ waits }) => waits).length;
    expect([meter?.used, meter?.waiting]).toEqual([account.used, waiting]);
    expect(await noticesOf(customerId)).toEqual(account.notices);
  }
  expect((await get(meterKey(msp.id, 'DEVICE'), true))?.free).toBe(reference.free());
  for (const { customerId, probeId, usage, days } of sites) {
    const over = [...days].slice(0, -1);
    if (over.length > 0) observations++;
    expect(await observedOf(customerId, probeId)).toEqual(over);
    const pulse = await get(pulseKey(customerId, probeId), true);
    expect([pulse?.usage, pulse?.counts]).toEqual([usage.sequence, usage.sequence > 0 ? usage.counts : {}]);
  }
  expect(observations).toBeGreaterThan(0);
}

describe('reports under faults', () => {
  it.each(seeds)(
    'come to what the reference comes to, and tell what it tells: seed %i',
    async (seed) => {
      const schedule = new Schedule(seed);
      await schedule.run();
      await expectSame(schedule);
      await schedule.retire(schedule.sites[0] as Site);
      await expectSame(schedule);
      await schedule.react(onTotalsChanged);
      const { body } = await call('GET /v1/overview', { as: schedule.msp.reader });
      const { accounts } = schedule.reference;
      const use = [...accounts.values()].reduce((sum, { used }) => sum + used, 0);
      expect(body.below.use.find((one: { resourceType: string }) => one.resourceType === 'DEVICE').used).toBe(
        use,
      );
      expect(body.below).toMatchObject({ customers: accounts.size, probes: { UP: 3, DOWN: 0, CREATED: 0 } });
      const crossings = [...accounts.values()].reduce((sum, { notices }) => sum + notices.length, 0);
      process.stdout.write(
        `seed ${seed}: ${steps} steps, ${crossings} crossings told, ${JSON.stringify(schedule.met)}\n`,
      );
    },
    120_000,
  );

  it('sent by four probes at once share out exactly what there is, and tell it once', async () => {
    const msp = await makeMsp();
    await setPool(msp, 'DEVICE', licensed);
    const desk = await openDesk(msp);
    await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit: 100 } } });
    const agents = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { body } = await call(`POST ${desk.path('/probes')}`, {
          as: msp.catalog,
          body: { name: `Probe ${randomUUID()}` },
        });
        const agent = newAgent();
        await agent.enrol(body.enrolmentKey);
        return agent;
      }),
    );
    const send = async (agent: TestAgent, items: Thing[]) => {
      for (;;) {
        const body = { sequence: 1, items };
        const answer = await agent
          .send('POST /v1/agent/inventory', body, { handler: agentHandler() })
          .catch(() => undefined);
        // Where the other call overtook it, its count is used: it is sent again.
        if (answer?.status === 200) return answer.body;
      }
    };
    // Each report twice at once: one of the two finds parts applied by the other.
    const twice = await Promise.all(
      agents.map((agent) => Promise.all([send(agent, things(130)), send(agent, things(130))])),
    );
    const told = twice.map(([one, other]) => {
      expect(one).toEqual({ ...other, accepted: one.accepted });
      expect(one.accepted || other.accepted).toBe(true);
      return one;
    });
    const sum = (what: string) => told.reduce((count, one) => count + one[what], 0);
    expect([sum('managed'), sum('unmanaged'), sum('gone')]).toEqual([100, 420, 0]);
    const meter = await get(meterKey(desk.id, 'DEVICE'), true);
    expect([meter?.used, meter?.waiting]).toEqual([100, 420]);
    expect((await noticesOf(desk.id)).join(' ').match(/80|100/g)).toEqual(['80', '100']);
  });
});
