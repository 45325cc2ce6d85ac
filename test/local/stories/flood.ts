import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { newAgent, type TestAgent } from '../../kit/agent.ts';
import { addCustomer, type Desk, openDesk, print, stageOf } from '../../kit/stack.ts';

let stack: RunningStack;
let flooding: TestAgent;
/** Another one of the same customer: it floods with the largest reports there are. */
let reporting: TestAgent;
const neighbours: TestAgent[] = [];
let desk: Desk;
let path = '';

async function tenant(of: Desk): Promise<{ agent: TestAgent; customerId: string }> {
  const { id: customerId } = await addCustomer(of, 'Branch');
  return { agent: await probe(of, customerId), customerId };
}

async function probe(of: Desk, customerId: string): Promise<TestAgent> {
  const name = `Probe ${randomUUID().slice(0, 8)}`;
  const { body } = await of.admin(`POST /v1/customers/${customerId}/probes`, { body: { name } });
  const agent = newAgent({ url: stack.agentUrl });
  expect(await agent.enrol(body.enrolmentKey)).toMatchObject({ status: 200, body: { state: 'UP' } });
  return agent;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

async function timed(call: () => Promise<{ status: number }>): Promise<number> {
  const began = performance.now();
  expect((await call()).status).toBe(200);
  return performance.now() - began;
}

/** Others may use the cores: so many rounds at most until one has been left in peace. */
const mostRounds = 12;
const leastRefused = 30;
/** What another tenant notices at most: the median beside the flood, in medians without it. */
const most = 1.5;
const callsARound = 25;
/** Forty times what a probe may send, for as long as it lasts: bounded, so that two cores carry sender and stack. */
const floodGapMs = 25;
/** Of reports of 500 things, one after the other. */
const reportGapMs = 100;

interface Flood {
  readonly statuses: number[];
  readonly waits: number[];
  stop(): Promise<void>;
}

interface Reports {
  taken: number;
  readonly statuses: number[];
  readonly began: number;
}

/** Reports of 500 new things each, one after the other as fast as they are answered, until `over`. */
async function report(agent: TestAgent, of: Reports, over: () => boolean): Promise<void> {
  while (!over()) {
    const sequence = of.taken + 1;
    const items = Array.from({ length: 500 }, (_, at) => ({
      type: 'DEVICE',
      externalId: `d-${sequence}-${at}`,
      name: `Device ${at}`,
    }));
    const { status } = await agent.send('POST /v1/agent/inventory', { sequence, items });
    of.statuses.push(status);
    if (status === 200) of.taken++;
    await wait(reportGapMs);
  }
}

function flood(agent: TestAgent, reports: Reports): Flood {
  const under = new Set<Promise<void>>();
  const [statuses, waits]: [number[], number[]] = [[], []];
  const send = async () => {
    const { status, headers } = await agent.heartbeat();
    statuses.push(status);
    if (status === 429) waits.push(Number(headers['retry-after']));
  };
  let over = false;
  const reported = report(reporting, reports, () => over);
  const timer = setInterval(() => {
    if (under.size > 20) return;
    const sent = send().finally(() => under.delete(sent));
    under.add(sent);
  }, floodGapMs);
  return {
    ...{ statuses, waits },
    async stop() {
      clearInterval(timer);
      over = true;
      await Promise.all([...under, reported]);
    },
  };
}

/** An agent that floods, beside others. */
export function floodStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    const stage = stageOf(stack);
    const hostile = await openDesk(stage);
    const { agent, customerId } = await tenant(hostile);
    flooding = agent;
    reporting = await probe(hostile, customerId);
    desk = await openDesk(stage);
    for (let index = 0; index < 4; index++) neighbours.push((await tenant(desk)).agent);
    path = `/v1/customers/${neighbours[0]?.customerId}`;
  });

  it('a flooding agent gets 429 with Retry-After, and another tenant hardly notices', async () => {
    const calls = {
      people: () => desk.admin(`GET ${path}`),
      agent: (index: number) => (neighbours[index % neighbours.length] as TestAgent).heartbeat(),
    };
    type Times = Record<keyof typeof calls, number[]>;
    const ratios: Record<keyof typeof calls, number[]> = { people: [], agent: [] };
    const measure = async (into: Times) => {
      for (let index = 0; index < callsARound; index++) {
        into.people.push(await timed(calls.people));
        into.agent.push(await timed(() => calls.agent(index)));
        await wait(20);
      }
    };
    // The functions' environments are started, and the flood has used up its burst.
    await measure({ people: [], agent: [] });
    const reports: Reports = { taken: 0, statuses: [], began: Date.now() };
    const first = flood(flooding, reports);
    await wait(2000);
    // A slow machine sends less, and each environment has a burst of its own: until it has been used up.
    const used = () => first.waits.length >= leastRefused || Date.now() - reports.began > 30_000;
    while (!used()) await wait(100);
    await first.stop();
    const [statuses, waits] = [[...first.statuses], [...first.waits]];
    const noticed = () => Math.max(Math.min(...ratios.people), Math.min(...ratios.agent));
    for (let round = 0; round < mostRounds && noticed() > most; round++) {
      const [alone, beside]: [Times, Times] = [
        { people: [], agent: [] },
        { people: [], agent: [] },
      ];
      await measure(alone);
      const under = flood(flooding, reports);
      await wait(500);
      await measure(beside);
      await under.stop();
      statuses.push(...under.statuses);
      waits.push(...under.waits);
      for (const who of ['people', 'agent'] as const) {
        const [before, during] = [median(alone[who]), median(beside[who])];
        ratios[who].push(during / before);
        print(`${who}: median ${before.toFixed(1)} ms alone, ${during.toFixed(1)} ms beside the flood`);
      }
    }
    const refused = statuses.filter((status) => status === 429).length;
    print(
      `flood: ${statuses.length} calls, ${refused} answered 429, Retry-After ${Math.min(...waits)}–${Math.max(...waits)} s`,
    );
    print(`ratios: ${JSON.stringify(ratios, (_, one) => (typeof one === 'number' ? +one.toFixed(2) : one))}`);
    const seconds = (Date.now() - reports.began) / 1000;
    print(
      `reports of 500 things: ${reports.taken} of ${reports.statuses.length} taken in ${seconds.toFixed(0)} s`,
    );
    expect(new Set(reports.statuses)).toEqual(new Set([200, 429]));
    expect(reports.taken * 9).toBeLessThanOrEqual(30 + 9 + seconds);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(refused).toBeGreaterThanOrEqual(leastRefused);
    for (const seconds of waits) expect(seconds).toBeGreaterThanOrEqual(1);
    expect(noticed()).toBeLessThanOrEqual(most);
    await wait(2000);
    expect((await flooding.heartbeat()).status).toBe(200);
    expect(stack.denials()).toEqual([]);
  });
}
