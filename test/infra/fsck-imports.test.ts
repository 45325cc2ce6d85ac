import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { asked, askFor, importAt, makeAccount, pathOf, reply } from '../access/import-scene.ts';
import { deliver } from '../kit/deliver.ts';
import { plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { call, ensureMspMode, makeMsp } from '../kit/world.ts';
import { type Change, changed, edit, firstOf, linesOf, of, without } from './breaking.ts';

let items: readonly Stored[];
let mailbox: Mailbox;
let waiting: string;
const first = (kind: string, more: Stored = {}) => firstOf(items, of(kind, more));

ownTable();
beforeAll(async () => {
  mailbox = await openMailbox();
  const msp = await makeMsp();
  await ensureMspMode(msp);
  const reseller = await plantReseller(msp);
  const account = await makeAccount();
  const { id, token } = await asked({ partner: reseller.admin, account, mailbox });
  expect((await reply(token, { email: account.admin.email })).status).toBe(200);
  expect((await importAt(reseller.admin, id)).state).toBe('CONFIRMED');
  expect(await pathOf(account.id)).toContain(`${msp.id}/${reseller.id}/${account.id}`);
  const other = await makeAccount();
  const declined = await asked({ partner: msp.catalog, account: other, mailbox });
  await reply(declined.token, { decision: 'decline', email: other.admin.email });
  const cancelled = await askFor(msp.catalog, 'nobody@account.example.com');
  await call(`POST /v1/customer-imports/${cancelled.body.id}/cancel`, { as: msp.catalog });
  waiting = (await asked({ partner: msp.catalog, account: await makeAccount(), mailbox })).id;
  // Who stands alone has items, and no limit of them.
  const listed = await call(`POST /v1/customers/${other.id}/items`, {
    as: other.admin,
    body: { items: [{ type: 'DEVICE', name: 'Router' }] },
  });
  expect(listed.status).toBe(201);
  await deliver(msp.id, reseller.id, account.id, other.id);
  items = await everything();
});
afterAll(() => mailbox.close());

describe('an import', () => {
  it('as people make it breaks nothing, of a provider or a reseller', async () => {
    const lines = linesOf(await violations(items));
    // Sums of the tree follow by events in the order of a queue, which nobody keeps here.
    expect(lines.filter((one) => !one.startsWith('sums:'))).toEqual([]);
  });

  const broken: readonly (readonly [string, () => Change, RegExp])[] = [
    [
      'that waits and is not counted',
      () =>
        edit(
          firstOf(items, (one) => one.kind === 'openImports' && (one.open as unknown[]).length > 0),
          { open: [] },
        ),
      /^imports: .*it waits for an answer, and its partner does not count it/,
    ],
    [
      'that is over and is counted',
      () => edit(first('import', { id: waiting }), { state: 'DECLINED' }),
      /^imports: .*it counts an import that does not wait for an answer/,
    ],
    [
      'that was mailed and is lost',
      () => without(first('import', { state: 'DECLINED' })),
      /^imports: .*the import that was mailed is not there/,
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
