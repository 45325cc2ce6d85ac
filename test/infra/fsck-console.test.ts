import { beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { defaultGroupId } from '../../lib/kit/id.ts';
import { desk, documentOf } from '../endpoints/desk.ts';
import { ownTable } from '../kit/own-table.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';
import { stockProduct } from '../licensing/shelf.ts';
import { type Change, changed, edit, firstOf, linesOf, of, without } from './breaking.ts';

let items: readonly Stored[];
const first = (kind: string, more: Stored = {}) => firstOf(items, of(kind, more));

ownTable();
beforeAll(async () => {
  const msp = await makeMsp();
  const one = desk(await addCustomer(msp));
  const { body: policy } = await one.policy({ name: 'Servers' });
  await one.put(policy.id, { name: 'All servers', document: documentOf({ usb: { mode: 'BLOCK' } }) });
  const spare = await one.policy({ name: 'Spare' });
  await one.remove(`${one.policies}/${(await one.policy()).body.id}`);
  await one.change(defaultGroupId, { policyId: policy.id });
  const top = (await one.group({ name: 'Top', policyId: spare.body.id })).body.id;
  const middle = (await one.group({ name: 'Middle', parentId: top, policyId: policy.id })).body.id;
  await one.group({ name: 'Bottom', parentId: middle });
  await one.remove(`${one.groups}/${(await one.group()).body.id}`);
  await one.package({ productId: (await stockProduct(msp)).id, groupId: top });
  items = await everything();
});

describe('a console', () => {
  it('as people make it breaks nothing', async () => {
    const lines = linesOf(await violations(items));
    // Sums of the tree follow by events, which nobody brings here.
    expect(lines.filter((one) => !one.startsWith('sums:'))).toEqual([]);
  });

  const broken: readonly (readonly [string, () => Change, RegExp])[] = [
    [
      'that counts wrong',
      () => edit(first('console'), { groups: 9, policies: 1 }),
      /^consoles: cus_.*it counts 6 groups more than there are/,
    ],
    [
      'with a group that is lost',
      () => without(first('machineGroup', { name: 'Middle' })),
      /the group above is not there/,
    ],
    [
      'with a group below itself',
      () =>
        edit(first('machineGroup', { name: 'Top' }), {
          parentId: first('machineGroup', { name: 'Bottom' }).id,
        }),
      /more than 5 levels deep, or below itself/,
    ],
    [
      'with a policy that counts its groups wrong',
      () => edit(first('policy', { name: 'Spare' }), { assigned: 3 }),
      /it counts 2 groups of pol_.* more than there are/,
    ],
    [
      'with a policy that is lost',
      () => without(first('policy', { name: 'Spare' })),
      /the policy that it is given is not there/,
    ],
    [
      'with a version that nobody has',
      () => without(first('policy', { name: 'All servers' })),
      /its policy is not there/,
    ],
    [
      'without the version in force',
      () => without(first('policyVersion', { version: 2 })),
      /what is in force is not among its versions/,
    ],
    [
      'without an older version',
      () => without(first('policyVersion', { name: 'Servers' })),
      /it counts 1 versions of pol_.* more than there are/,
    ],
    [
      'whose policy’s name is free',
      () => edit(first('policy', { name: 'Spare' }), { name: 'Unkept' }),
      /^names: .*POLICY_NAME/,
    ],
    [
      'with a package used too often',
      () => edit(first('installationPackage'), { uses: 2 }),
      /it was used 2 times, and may be 1 times/,
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
