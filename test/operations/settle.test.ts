import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { behind, settleRestore } from '../../infra/restore.ts';
import { newDesk } from '../access/desk.ts';
import { ownTable } from '../kit/own-table.ts';
import { type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
ownTable();
beforeAll(async () => {
  msp = await makeMsp();
});
afterEach(() => vi.useRealTimers());

it('a session that is over, and one that cannot be ended, keep no other from being ended', async () => {
  const [one, other] = [await newDesk(msp), await newDesk(msp)];
  await one.open({ minutes: 15 });
  const { body: open } = await other.open({ minutes: 60 });
  vi.useFakeTimers({ now: Date.now() + 30 * 60_000, toFake: ['Date'] });
  expect((await other.reads(open.token)).status).toBe(200);
  const found = await behind();
  expect(found.sessions).toHaveLength(2);
  const lost = { PK: `T#${other.id}#SESSION`, SK: 'gone', id: 'gone' };
  const left = await settleRestore({ ...found, sessions: [lost, ...found.sessions] });
  expect(left).toEqual([expect.stringContaining(`T#${other.id}#SESSION gone: `)]);
  expect((await other.reads(open.token)).status).toBeGreaterThanOrEqual(400);
  expect(await settleRestore(await behind())).toEqual([]);
});
