import { beforeAll, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { each } from '../../lib/aws/db.ts';
import { platformId } from '../../lib/kit/id.ts';
import { type PartitionKind, partition } from '../../lib/kit/keys.ts';
import { type Change, changed, edit, firstOf, linesOf, of, without } from '../infra/breaking.ts';
import { openOffice } from '../kit/machine.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';

let items: readonly Stored[];
const kinds: readonly (PartitionKind | undefined)[] = [
  ...[undefined, 'MACHINE', 'MACHINE_REPORT', 'MACHINE_GROUP', 'UNIQUE', 'SEAT'],
] as never;

beforeAll(async () => {
  const msp = await makeMsp();
  const customer = await addCustomer(msp);
  const office = await openOffice(msp, customer);
  const { body } = await call(`POST ${office.path}/machine-groups`, {
    as: office.as,
    body: { name: 'Servers' },
  });
  await office.enrolled();
  const [moved, gone] = [await office.enrolled(), await office.enrolled()];
  await office.change(moved.machineId, { groupId: body.id });
  await office.remove(gone.machineId);
  await office.licences.take('a-host-of-theirs');
  const out: Stored[] = [];
  for (const node of [platformId, msp.id, customer.id])
    for (const kind of node === customer.id ? kinds : [undefined])
      for await (const item of each({ partition: partition(node, kind), limit: 100, consistent: true }))
        out.push(item);
  items = out;
});

const first = (...chosen: Parameters<typeof of>) => firstOf(items, of(...chosen));
const told = async (change: Change) =>
  linesOf(await violations(changed(items, change))).filter((line) => line.startsWith('machines:'));

it('finds nothing where machines came, moved and went', async () => {
  expect(await told((item) => item)).toEqual([]);
});

const broken: readonly (readonly [string, () => Change, readonly RegExp[]])[] = [
  [
    'a machine without a pulse',
    () => without(first('machinePulse')),
    [/it has no pulse/, /its pulse says another group/],
  ],
  ['a machine without a report', () => without(first('machineReport')), [/it has no report/]],
  ['a machine whose key pair is not noted', () => without(first('machineKeyPair')), [/is not noted/]],
  [
    'a machine without its seat',
    () => without(first('seat', { machineRef: first('machine').id })),
    [/it holds no seat/],
  ],
  [
    'a machine that is gone',
    () => without(first('machine')),
    [/there is no such machine/, /a machine holds this seat/, /counts 1 machines more/],
  ],
  [
    'a pulse of another group',
    () => edit(first('machinePulse'), { groupId: 'mgr_01J00000000000000000000000' }),
    [/its pulse says another group/],
  ],
  [
    'a machine of a group that is not there',
    () => without(first('machineGroup', { name: 'Servers' })),
    [/its group is not there/, /counts 1 machines fewer/],
  ],
  [
    'a group that counts too many',
    () => edit(first('machineGroup'), { machines: 7 }),
    [/counts 6 machines more than it has/],
  ],
];

it.each(broken)('finds %s', async (_, change, expected) => {
  const lines = await told(change());
  for (const pattern of expected) expect(lines.join('\n')).toMatch(pattern);
  expect(lines).toHaveLength(expected.length);
});
