// Place into test/provisioning/: shows that an older state comes back (fails today).
import { expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { settingsKey } from '../../lib/kit/keys.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { any, plantDirectly } from '../kit/forest.ts';
import { call, ensureMspMode, makeMsp } from '../kit/world.ts';
import { objectsOf } from './scene.ts';

it('a service that was taken does not come back with an older request of the user', async () => {
  const msp = await makeMsp();
  await ensureMspMode(msp);
  const { id, domains } = await plantDirectly(msp.catalog);
  const path = `/v1/customers/${id}`;
  const ok = async (line: string, body?: unknown) => {
    const sent = {
      as: msp.catalog,
      ...(body ? { body } : {}),
      ...(line.startsWith('DELETE') ? { headers: any } : {}),
    };
    const answer = await call(line, sent);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  };
  await ok(`POST ${path}/provision`);
  await deliver(id);
  const user = await ok(`POST ${path}/users`, { firstName: 'A', lastName: 'B', upn: `a@${domains[0].name}` });
  const service = await ok('POST /v1/services', { code: 'MAIL', name: 'Mail', kind: 'USER' });
  await ok(`PUT ${path}/services/${service.id}`, {});
  await deliver(id);
  await ok(`PUT ${path}/users/${user.id}/services/${service.id}`, {});
  await deliver(id);
  const seen = new Set((await announcedBy(id)).map((one) => one.id));
  const fresh = async () => (await announcedBy(id)).filter((one) => !seen.has(one.id));
  await ok(`POST ${path}/users/${user.id}/provision`);
  const [older] = await fresh();
  if (!older) throw new Error('Nothing was asked for');
  seen.add(older.id);
  const key = settingsKey(id, 'PROVISIONING');
  const lane = { ...key, kind: 'provisioningLane', holder: 'x', until: Date.now() + 60_000, version: 1 };
  await commit([{ do: 'create', item: lane }], 'lane', Date.now() + 5000);
  await expect(react(older)).rejects.toThrow();
  await commit([{ do: 'remove', key, version: 1 }], 'free', Date.now() + 5000);
  await ok(`DELETE ${path}/users/${user.id}/services/${service.id}`);
  for (const one of await fresh()) await react(one);
  await react(older);
  const found = (await objectsOf(msp, id)).find(({ type }) => type === 'USER');
  expect(JSON.stringify(found?.memberOf)).not.toContain('MAIL');
});
