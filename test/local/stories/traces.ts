import { beforeAll, describe, expect, it } from 'vitest';
import type { Mail } from '../../../infra/local/ses.ts';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { addCustomer, type Desk, mailsTo, openDesk, stageOf } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;
let mails: readonly Mail[] = [];
let all = 0;
const played = new Map<string, string>();

interface Meter {
  readonly limit: (limit: number) => Promise<unknown>;
  readonly add: (count: number) => Promise<void>;
  readonly unmanage: (count: number) => Promise<void>;
  readonly manage: (count: number) => Promise<void>;
  readonly remove: (count: number) => Promise<void>;
}

const traces: Record<string, (meter: Meter) => Promise<void>> = {
  A: async ({ add }) => {
    for (let use = 1; use <= 110; use++) await add(1);
  },
  B: async ({ add }) => {
    await add(60);
    await add(10);
    await add(60);
  },
  C: async ({ add, unmanage, manage, remove }) => {
    await add(60);
    await add(21);
    for (let turn = 0; turn < 2; turn++) {
      await unmanage(2);
      await manage(2);
      await remove(2);
      await add(2);
    }
    await unmanage(2);
  },
  D: async ({ add, limit }) => {
    await add(60);
    await add(19);
    await add(22);
    await limit(125);
    await add(25);
  },
  E: async ({ add, limit }) => {
    await add(60);
    await add(10);
    await limit(80);
  },
  F: async ({ add, unmanage, manage }) => {
    await add(60);
    await add(25);
    await unmanage(25);
    await manage(25);
  },
};

const fired = (thresholds: string, used: number, limit: number) =>
  `reached ${thresholds}: ${used} of ${limit}`;
const recovered = (name: string, threshold: number) => `${name}: DEVICE licences back below ${threshold} %`;

async function openMeter(name: string): Promise<{ meter: Meter; address: string }> {
  const { admin } = desk;
  const customer = await addCustomer(desk, `Trace ${name}`);
  const path = `/v1/customers/${customer.id}`;
  const managed: string[] = [];
  const waiting: string[] = [];
  const limit = (to: number) =>
    admin(`PUT ${path}/licences`, {
      body: { model: 'ALLOCATED', allocations: { DEVICE: { limit: to, enforcement: 'SOFT' } } },
      ifMatch: '*',
    });
  await limit(100);
  await admin(`PUT ${path}/notification-settings`, {
    body: {
      thresholds: [80],
      recipients: [customer.address],
      subject: 'reached $threshold: $used of $allocated',
    },
    ifMatch: '*',
  });
  const meter: Meter = {
    limit,
    add: async (count) => {
      const items = Array.from({ length: count }, (_, at) => ({ type: 'DEVICE', name: `Switch ${at}` }));
      const { body } = await admin(`POST ${path}/items`, { body: { items } });
      managed.push(...body.items.map(({ id }: { id: string }) => id));
    },
    unmanage: async (count) => {
      const ids = managed.splice(-count);
      await admin(`POST ${path}/items/unmanage`, { body: { ids } });
      waiting.push(...ids);
    },
    manage: async (count) => {
      const ids = waiting.splice(-count);
      await admin(`POST ${path}/items/manage`, { body: { ids } });
      managed.push(...ids);
    },
    remove: async (count) => {
      for (const id of managed.splice(-count)) await admin(`DELETE ${path}/items/${id}`, { ifMatch: '*' });
    },
  };
  return { meter, address: customer.address };
}

async function playLicences(name: string): Promise<void> {
  const { meter, address } = await openMeter(name);
  await traces[name]?.(meter);
  played.set(name, address);
}

async function playCredits(name: string, debits: readonly number[]): Promise<void> {
  const { admin } = desk;
  const { id, address } = await addCustomer(desk, `Trace ${name}`);
  const path = `/v1/customers/${id}/credits`;
  await admin(`POST ${path}/grants`, { body: { amount: 100 } });
  await admin(`PATCH ${path}/settings`, { body: { alertLimit: 50 }, ifMatch: '*' });
  for (const amount of debits) await admin(`POST ${path}/debits`, { body: { amount } });
  played.set(name, address);
}

/** Subjects of the mails of a trace; notices of one customer may overtake each other on their way. */
const told = (name: string) =>
  mailsTo(mails, played.get(name) ?? '')
    .map(({ subject }) => subject)
    .sort();

const nameOf = (name: string) => (played.get(name) ?? '').split('@')[0] ?? '';

/** The traces of the alert semantics over HTTP. */
export function tracesStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    await stack.idle(90);
    const before = (await stack.mails()).length;
    desk = await openDesk(stageOf(stack));
    await Promise.all([
      ...Object.keys(traces).map(playLicences),
      playCredits('G', [40, 60, 15]),
      playCredits('G at once', [115]),
    ]);
    await stack.idle(90);
    all = (await stack.mails()).length;
    mails = (await stack.mails()).slice(before);
  });

  describe('mails of the traces over HTTP, 80 % and 100 % of 100', () => {
    it('A: a climb 0 → 110 by one: at 80 and at 100', () => {
      expect(told('A')).toEqual([fired('80', 80, 100), fired('100', 100, 100)].sort());
    });

    it('B: a jump 70 → 130: one mail that names both', () => {
      expect(told('B')).toEqual([fired('80, 100', 130, 100)]);
    });

    it('C: 81, 79, 81, 79 …: one mail', () => {
      expect(told('C')).toEqual([fired('80', 81, 100)]);
    });

    it('D: 101 of 100, limit → 125, use 126: fired, recovered, fired', () => {
      const expected = [fired('80, 100', 101, 100), recovered(nameOf('D'), 100), fired('100', 126, 125)];
      expect(told('D')).toEqual(expected.sort());
    });

    it('E: steady use 70, limit 100 → 80: one mail', () => {
      expect(told('E')).toEqual([fired('80', 70, 80)]);
    });

    it('F: 85, 60, 85: fired, recovered, fired', () => {
      const once = fired('80', 85, 100);
      expect(told('F')).toEqual([once, recovered(nameOf('F'), 80), once].sort());
    });

    it('G: credits 100 → 60 → 0 → −15 with limit 50: at 0 and at −15', () => {
      const subject = `${nameOf('G')}: credit balance`;
      expect(told('G')).toEqual([`${subject} below 50`, `${subject} below zero`]);
    });

    it('G: 100 → −15 in one debit: one mail that names both', () => {
      expect(told('G at once')).toEqual([`${nameOf('G at once')}: credit balance below 50 and below zero`]);
    });

    it('nothing more comes, nothing was denied or given up', async () => {
      await stack.idle();
      expect((await stack.mails()).length).toBe(all);
      expect(mails.length).toBe(14);
      expect(stack.denials()).toEqual([]);
      expect(Object.values(stack.deadLetters()).reduce((sum, count) => sum + count, 0)).toBe(0);
    });
  });
}
