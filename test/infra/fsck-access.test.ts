import { beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { deskOf } from '../access/desk.ts';
import { ownTable } from '../kit/own-table.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';
import { type Change, changed, edit, firstOf, linesOf, of, without } from './breaking.ts';

let items: readonly Stored[];
let done: string;
const first = (kind: string, more: Stored = {}) => firstOf(items, of(kind, more));

ownTable();
beforeAll(async () => {
  const msp = await makeMsp();
  const [desk, other] = [deskOf(msp, await addCustomer(msp)), deskOf(msp, await addCustomer(msp))];
  await desk.gives();
  const opened = await desk.open();
  done = opened.body.id;
  await desk.changes(opened.body.token);
  await desk.reads(opened.body.token, msp.system);
  await desk.end((await desk.open()).body.id);
  await other.gives({ approval: 'EACH' });
  await other.open();
  await other.decides({ decision: 'REVOKE' });
  items = await everything();
});

describe('delegated access', () => {
  it('as people make it breaks nothing', async () => {
    const lines = linesOf(await violations(items));
    // Sums of the tree follow by events in the order of a queue, which nobody keeps here.
    expect(lines.filter((one) => !one.startsWith('sums:'))).toEqual([]);
  });

  const broken: readonly (readonly [string, () => Change, RegExp])[] = [
    [
      'an end that nobody will tell',
      () => without(first('accessDue')),
      /^access: .*is not in the list of what is due/,
    ],
    [
      'a note of no grant',
      () => edit(first('access', { state: 'GIVEN' }), { dueAt: null }),
      /^access: .*no grant waits/,
    ],
    [
      'a grant out of its list',
      () => edit(first('access', { state: 'GIVEN' }), { G2: 'elsewhere' }),
      /^access: .*list/,
    ],
    [
      'a grant that was taken back, in it',
      () => edit(first('access', { state: 'REVOKED' }), { G2: 'x' }),
      /^access: .*list/,
    ],
    [
      'a session of two hours',
      () => edit(first('accessSession', { id: done }), { endsAt: '2099-01-01T00:00:00.000Z' }),
      /^access: .*longer than an hour/,
    ],
    [
      'a counted session that is over',
      () => edit(first('accessSession', { id: done }), { state: 'ENDED' }),
      /^access: .*not open/,
    ],
    [
      'what another person did in it',
      () => edit(first('accessSession', { id: done }), { personId: 'per_x' }),
      /^access: .*no such session/,
    ],
  ];
  it.each(broken)('%s is told', async (_, change, line) => {
    const lines = linesOf(await violations(changed(items, change())));
    expect(
      lines.some((one) => line.test(one)),
      lines.join('\n'),
    ).toBe(true);
  });
});
