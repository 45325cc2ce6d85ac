import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { type EntryView, effectOf } from '../../../lib/credits/entry.ts';
import {
  addCustomer,
  type Desk,
  type Door,
  doorOf,
  listAll,
  openDesk,
  print,
  stageOf,
} from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;
let door: Door;

async function accountWith(amount: number): Promise<string> {
  const { id } = await addCustomer(desk, 'Money');
  const path = `/v1/customers/${id}/credits`;
  await desk.admin(`POST ${path}/grants`, { body: { amount } });
  await desk.admin(`PATCH ${path}/settings`, { body: { blockBelowZero: true }, ifMatch: '*' });
  return path;
}

/** Debits at once. */
export function moneyStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    const stage = stageOf(stack);
    desk = await openDesk(stage);
    door = await doorOf(stage, desk.address);
  });

  it('the same key 50 times at once debits once and answers the same 50 times', async () => {
    const path = await accountWith(100);
    const once = () => door(`POST ${path}/debits`, { body: { amount: 7 }, key: 'fifty' });
    const send = async () => {
      let answer = await once();
      while (answer.body?.code === 'request.contended') answer = await once();
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(49);
    expect((await desk.admin(`GET ${path}`)).body.balance).toBe(93);
  });

  it('1,000 debits at once: balance = Σ entries, chain unbroken, each 201 once, no 5xx', async () => {
    const path = await accountWith(600);
    const send = () => door(`POST ${path}/debits`, { body: { amount: 1 } });
    const answers = await Promise.all(Array.from({ length: 1000 }, send));
    const counted = Map.groupBy(answers, ({ status, body }) =>
      status === 201 ? '201' : `${status} ${body.code}`,
    );
    for (const [what, some] of counted) print(`${what}: ${some.length}`);
    expect([...counted.keys()].filter((what) => /^5/.test(what))).toEqual([]);
    const known = new Set(['201', '409 credits.insufficient', '409 request.contended']);
    expect([...counted.keys()].filter((what) => !known.has(what))).toEqual([]);

    const entries = (await listAll<EntryView>(door, `${path}/entries`)).toReversed();
    let balance = 0;
    entries.forEach((one, index) => {
      expect(one.seq).toBe(index + 1);
      expect(one.balanceBefore).toBe(balance);
      balance += effectOf(one);
      expect(one.balanceAfter).toBe(balance);
    });
    expect((await desk.admin(`GET ${path}`)).body.balance).toBe(balance);
    expect(balance).toBeGreaterThanOrEqual(0);
    const debits = entries.filter(({ type }) => type === 'DEBIT').map(({ entryId }) => entryId);
    const acknowledged = (counted.get('201') ?? []).map(({ body }) => body.entryId);
    expect(acknowledged.toSorted()).toEqual(debits.toSorted());
    expect(balance).toBe(600 - debits.length);
  });
}
