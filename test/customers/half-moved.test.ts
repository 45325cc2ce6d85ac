import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAll } from '../../lib/aws/db.ts';
import { standing } from '../../lib/aws/place.ts';
import { type Found, isWhole, take } from '../../lib/customers/census.ts';
import { forestOf } from '../../lib/customers/store.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { allocationThreshold } from '../../lib/licensing/events.ts';
import { announcedBy } from '../kit/deliver.ts';
import { any, type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { at, happened, plantSettings, react as tell } from '../notifications/scene.ts';
import { add, change, preset } from '../users/people.ts';
import { arrive, mover, put, seen, status } from './moving.ts';

let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
});
afterAll(() => mailbox.close());

let msp: Msp;
let move: ReturnType<typeof mover>;
let left: Branch;
let right: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  move = mover(msp);
  left = await plantReseller(msp);
  right = await plantReseller(msp);
});

describe('a move that is half done', () => {
  it('shows nobody the old ancestors: roles, receipts and settings are of the new place', async () => {
    const strict = await plantReseller(msp, msp.id, { restrictedRoles: ['SERVICE_ADMINISTRATOR'] });
    const sub = await plantReseller(msp, left.id);
    const leaf = await plantDirectly(sub.admin);
    await plantSettings(left.id, { recipients: ['old@msp.example.com'] });
    await plantSettings(strict.id, { recipients: ['new@msp.example.com'] });
    const planted = { id: leaf.id, path: [], domain: leaf.domains[0].name };
    const [, user] = [await add(planted, msp.catalog), await add(planted, msp.catalog)];
    const refused = await move(sub.id, strict.id);
    expect(refused.body).toMatchObject({ code: 'customers.roles_lost', roles: ['SERVICE_ADMINISTRATOR'] });
    const body = { parentId: strict.id, acceptLostRoles: true };
    expect((await call(`POST /v1/customers/${sub.id}/move`, { as: msp.catalog, body })).status).toBe(202);

    const look = async (locale: string) => {
      const settings = await call(`GET /v1/customers/${leaf.id}/effective-settings`, { as: msp.reader });
      const line = `PATCH /v1/customers/${leaf.id}/settings`;
      await call(line, { as: msp.catalog, headers: any, body: { locale } });
      const told = (await announcedBy(leaf.id)).findLast(({ type }) => type === 'customers.changed.v1');
      const event = happened(
        allocationThreshold,
        { providerId: msp.id, customerId: leaf.id },
        at(80, 100, [80]),
      );
      const path = [platformId, msp.id, left.id, sub.id, leaf.id];
      await tell({ ...event, tenant: { ...event.tenant, path } });
      return {
        role: (await change(user, msp.catalog, preset('SERVICE_ADMINISTRATOR'), '*')).status,
        usable: settings.body.roles.includes('SERVICE_ADMINISTRATOR'),
        path: told?.tenant.path,
        told: mailbox.mails.at(-1)?.to,
      };
    };
    const expected = {
      role: 409,
      usable: false,
      path: [platformId, msp.id, strict.id, sub.id, leaf.id],
      told: ['new@msp.example.com'],
    };
    const before = await getAll([nodeKey(leaf.id)], true);
    expect(before[0]?.path).toContain(left.id);
    expect(await look('de')).toEqual(expected);
    await arrive(sub.id);
    expect(await look('fr')).toEqual(expected);
  });

  it('is read right by who read the path just before it followed, and the tree just after', async () => {
    const sub = await plantReseller(msp, left.id);
    const leaf = await plantDirectly(sub.admin);
    await move(sub.id, right.id);
    const [stale] = await getAll([nodeKey(leaf.id)], true);
    await arrive(sub.id);
    expect((await standing(stale))?.path).toEqual([platformId, msp.id, right.id, sub.id, leaf.id]);
  });

  it('waits for an index that does not show all nodes yet, and says so', async () => {
    const sub = await plantReseller(msp, left.id);
    const leaf = await plantDirectly(sub.admin);
    const [item] = await getAll([nodeKey(leaf.id)], true);
    const { G1, S1, ...unseen } = item as Item & { version: number };
    await move(sub.id, right.id);
    await put({ do: 'replace', version: unseen.version, item: { ...unseen, version: unseen.version + 1 } });
    await expect(arrive(sub.id)).rejects.toThrow('on-move-requested failed');
    expect((await forestOf(msp.id)).move?.id).toBe(sub.id);
    expect(await status(leaf.id, right.admin)).toBe(200);
    expect(await status(leaf.id, left.admin)).toBe(404);
    const [now] = await getAll([nodeKey(leaf.id)], true);
    const { version } = now as { version: number };
    await put({
      do: 'replace',
      version,
      item: { ...(now as Item), G1: G1 ?? '', S1: S1 ?? '', version: version + 1 },
    });
    await arrive(sub.id);
    expect((await forestOf(msp.id)).move).toBeUndefined();
    expect(await seen(right.id, right.admin)).toContain(leaf.id);
  });

  it('is whole only when every count agrees, whatever an index showed', async () => {
    const node = (id: string, parentId: string, above: string) => ({ id, parentId, path: `${above}/${id}` });
    const underway = { id: 'r', operationId: 'o', from: ['p', 'a'], to: ['p', 'b'] };
    const root = { node: node('r', 'b', 'p/b'), selling: { children: 2, version: 3 } };
    const one = { node: node('x', 'r', 'p/b/r'), selling: undefined };
    const other = { node: node('y', 'r', 'p/b/r'), selling: { children: 0, version: 1 } };
    const late = { node: node('y', 'r', 'p/a/r'), selling: { children: 0, version: 1 } };
    const whole = async (found: readonly Found[], version = 3) => {
      const census = await take(Readable.from(found) as AsyncIterable<Found>, underway);
      const now = new Map(
        [...census.resellers].map(([id, is]) => [id, id === 'r' ? { ...is, version } : is]),
      );
      return isWhole(census, underway, now);
    };
    expect(await whole([root, one, other])).toBe(true);
    expect(await whole([root, one, other, one])).toBe(true);
    expect(await whole([root, one])).toBe(false);
    expect(await whole([one, other])).toBe(false);
    expect(await whole([root, one, one])).toBe(false);
    expect(await whole([root, one, late])).toBe(false);
    expect(await whole([root, one, other], 4)).toBe(false);
  });
});
