import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { partition } from '../../lib/kit/keys.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import { passwordReset } from '../kit/sealing.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { objectsOf } from './scene.ts';

let msp: Msp;
let serviceId: string;
const ok = async (line: string, body?: unknown) => {
  const change = line.startsWith('DELETE') || line.startsWith('PATCH') || line.endsWith('/move');
  const sent = { as: msp.catalog, ...(body ? { body } : {}), ...(change ? { headers: any } : {}) };
  const answer = await call(line, sent);
  expect(answer.status, `${line} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
  serviceId = (await ok('POST /v1/services', { code: 'MAIL', name: 'Mail', kind: 'USER' })).id;
});

/** A customer over the API, with an administrator; nothing of it has reached the engine. */
async function customer(more: Record<string, unknown> = {}) {
  const { id, domains } = await plantDirectly(msp.catalog, more);
  const path = `/v1/customers/${id}`;
  const add = async (name: string) => {
    const made = { firstName: name, lastName: 'L', upn: `${name}@${domains[0].name}` };
    return `${path}/users/${(await ok(`POST ${path}/users`, made)).id}`;
  };
  await add('admin');
  const accounts = async () =>
    (await objectsOf(msp, id))
      .filter(({ type, name }) => type === 'USER' && !String(name).startsWith('admin'))
      .map(({ enabled, memberOf }) => [enabled, (memberOf as string[]).length]);
  const groups = async () => (await objectsOf(msp, id)).filter(({ serviceCode }) => serviceCode !== null);
  const status = async (line = path) => (await ok(`GET ${line}`)).status;
  return { id, path, add, accounts, groups, status, service: `${path}/services/${serviceId}` };
}

/** The same, in the directory, and with a service. */
async function served() {
  const made = await customer();
  await ok(`POST ${made.path}/provision`);
  await deliver(made.id);
  await ok(`PUT ${made.service}`, {});
  await deliver(made.id);
  return made;
}

/** What has been announced while this was done. */
async function during(id: string, work: () => Promise<unknown>): Promise<Envelope[]> {
  const before = new Set((await announcedBy(id)).map((one) => one.id));
  await work();
  return (await announcedBy(id)).filter((one) => !before.has(one.id));
}
const reactAll = async (events: readonly Envelope[]) => {
  for (const one of events) await react(one);
};

describe('two changes before the engine looks', () => {
  it('a new user who is given a service, or a new password, ends Provisioned', async () => {
    const { id, path, add, service, accounts, status } = await served();
    for (const backwards of [false, true]) {
      for (const second of ['service', 'password']) {
        const name = `u${randomUUID().slice(0, 6)}`;
        let user = '';
        const events = await during(id, async () => {
          user = await add(name);
          if (second === 'service') await ok(`PUT ${user}/services/${serviceId}`, {});
          else await ok(`POST ${user}/password-reset`, passwordReset);
        });
        // A new password cannot be before its account: that one waits.
        const order = backwards && second === 'service' ? events.toReversed() : events;
        await reactAll(order);
        await deliver(id);
        expect(await status(user), `${second} ${backwards}`).toBe('Provisioned');
      }
    }
    expect(await accounts()).toEqual(
      expect.arrayContaining([
        [true, 2],
        [true, 1],
      ]),
    );
    expect([await status(path), await status(service)]).toEqual(['Provisioned', 'Provisioned']);
  });

  it('a user who is deleted while its request waits is not made, in whichever order', async () => {
    const { id, add, accounts } = await served();
    for (const backwards of [false, true]) {
      const events = await during(id, async () => {
        const user = await add(`u${randomUUID().slice(0, 6)}`);
        await ok(`DELETE ${user}`);
      });
      await reactAll(backwards ? events.toReversed() : events);
      await deliver(id);
      expect(await accounts()).toEqual([]);
    }
  });

  it('a customer that is disabled before it was first provisioned lets nobody in', async () => {
    const { id, path, add, accounts } = await customer();
    const user = await add('early');
    const events = await during(id, async () => {
      await ok(`POST ${path}/provision`);
      await ok(`POST ${user}/provision`);
      await ok(`POST ${path}/disable`);
    });
    await reactAll(events.toReversed());
    await deliver(id);
    expect(await ok(`GET ${path}`)).toMatchObject({ status: 'Provisioned', adminState: 'DISABLED' });
    expect(await accounts()).toEqual([[false, 1]]);
    await ok(`POST ${path}/enable`);
    await deliver(id);
    expect(await accounts()).toEqual([[true, 1]]);
  });

  it('a service of a user whose customer leaves meanwhile lets nobody in, and makes no group', async () => {
    const { id, path, add, accounts, groups } = await served();
    const user = await add('late');
    await deliver(id);
    const events = await during(id, async () => {
      await ok(`PUT ${user}/services/${serviceId}`, {});
      await ok(`POST ${path}/deprovision`);
    });
    await reactAll(events.toReversed());
    await deliver(id);
    expect((await accounts()).map(([enabled]) => enabled)).toEqual([false]);
    expect(await groups()).toEqual([]);
  });
});

describe('a user who was deleted', () => {
  it('is named by nothing that is kept for good', async () => {
    const { id, add } = await served();
    const user = await add('zelda.personal');
    await ok(`PUT ${user}/services/${serviceId}`, {});
    await deliver(id);
    await ok(`DELETE ${user}`);
    await deliver(id);
    const naming = async (kind: 'PROVISION' | 'AUDIT' | 'DIRECTORY' | 'USER') => {
      const found: Record<string, unknown>[] = [];
      for await (const one of each({ partition: partition(id, kind), limit: 200, consistent: true })) {
        if (/zelda/i.test(JSON.stringify(one))) found.push(one);
      }
      return found;
    };
    expect([await naming('AUDIT'), await naming('USER')]).toEqual([[], []]);
    for (const kind of ['PROVISION', 'DIRECTORY'] as const) {
      const found = await naming(kind);
      expect(found.length, kind).toBeGreaterThan(0);
      const days = found.map(({ expiresAt }) => Math.round((Number(expiresAt) - Date.now() / 1000) / 86_400));
      expect([...new Set(days)], kind).toEqual([90]);
    }
  });
});

describe('what comes back', () => {
  it('a user who was taken out stays out when a service is taken from them', async () => {
    const { id, add, accounts, status } = await served();
    const user = await add('eve');
    await ok(`PUT ${user}/services/${serviceId}`, {});
    await deliver(id);
    expect(await accounts()).toEqual([[true, 2]]);
    await ok(`POST ${user}/deprovision`);
    await ok(`DELETE ${user}/services/${serviceId}`);
    await deliver(id);
    expect(await accounts()).toEqual([[false, 0]]);
    expect(await status(user)).toBe('NotProvisioned');
  });

  it('a customer that is taken out of service and comes back has its users with their memberships', async () => {
    const { id, path, add, accounts, groups } = await served();
    const user = await add('ida');
    await ok(`PUT ${user}/services/${serviceId}`, {});
    await deliver(id);
    await ok(`POST ${path}/deprovision`);
    await deliver(id);
    expect((await accounts()).map(([enabled]) => enabled)).toEqual([false]);
    expect(await groups()).toEqual([]);
    await ok(`POST ${path}/provision`);
    await deliver(id);
    expect(await groups()).toHaveLength(1);
    expect(await accounts()).toEqual([[true, 2]]);
  });

  it('services that are asked for and taken end as they were asked for last, in whichever order', async () => {
    const { id, service, groups } = await served();
    for (const backwards of [false, true]) {
      const taken = await during(id, async () => {
        await ok(`DELETE ${service}`, undefined);
        await ok(`PUT ${service}`, {});
        await ok(`DELETE ${service}`, undefined);
      });
      await reactAll(backwards ? taken.toReversed() : taken);
      expect(await groups()).toEqual([]);
      const given = await during(id, async () => {
        await ok(`PUT ${service}`, {});
        await ok(`DELETE ${service}`, undefined);
        await ok(`PUT ${service}`, {});
      });
      await reactAll(backwards ? given.toReversed() : given);
      await deliver(id);
      expect(await groups()).toHaveLength(1);
    }
  });

  it('a customer that is provisioned while its reseller moves ends Provisioned, below the new one', async () => {
    const [mover, target] = [await plantReseller(msp), await plantReseller(msp)];
    const { id, path, status } = await customer({ parentId: mover.id });
    const events = await during(id, () => ok(`POST ${path}/provision`));
    await ok(`POST /v1/customers/${mover.id}/move`, { parentId: target.id });
    await reactAll(events);
    await deliver(mover.id, id);
    expect(await status()).toBe('Provisioned');
    const { code } = await ok(`GET /v1/customers/${target.id}`);
    const [container] = (await objectsOf(msp, id)).filter(({ type }) => type === 'CONTAINER');
    expect(container?.dn).toContain(`OU=${code}`);
  });
});
