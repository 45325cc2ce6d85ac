import { beforeAll, expect, it } from 'vitest';
import { deliver } from '../kit/deliver.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { compareAll } from './compare.ts';
import type { Domain } from './domain.ts';
import { objectsOf } from './scene.ts';

let domain: Domain;
let msp: Msp;

const sure = async (line: string, body?: unknown) => {
  const headers = line.startsWith('POST') ? {} : { headers: any };
  const answer = await call(line, { as: msp.catalog, ...(body ? { body } : {}), ...headers });
  expect(answer.status, `${line}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};

/** A customer over the API, with what its tests do to it. */
async function customerOf(more: Record<string, unknown> = {}) {
  const made = await plantDirectly(msp.catalog, more);
  const path = `/v1/customers/${made.id}`;
  const provision = async () => {
    await sure(`POST ${path}/provision`);
    await deliver(made.id);
    expect(await sure(`GET ${path}`)).toMatchObject({ status: 'Provisioned' });
  };
  const add = async (name: string, place: Record<string, unknown> = {}) => {
    const upn = `${name}@${made.domains[0].name}`;
    const user = await sure(`POST ${path}/users`, { firstName: name, lastName: 'Lee', upn, ...place });
    await deliver(made.id);
    return `${path}/users/${user.id}`;
  };
  const change = async (user: string, place: Record<string, unknown>) => {
    expect(await sure(`PATCH ${user}`, place)).toMatchObject(place);
    await sure(`POST ${user}/provision`);
    await deliver(made.id);
    expect(await sure(`GET ${user}`)).toMatchObject({ status: 'Provisioned' });
  };
  /** Places inside the customer's container; everything stands in the directory as reported. */
  const places = async (also: readonly { id: string }[] = []) => {
    await compareAll({ msp, domain }, [made, ...also]);
    const found = await objectsOf(msp, made.id);
    const below = new RegExp(`,?OU=${made.code},OU=.*$`);
    return found
      .filter(({ type, name }) => type === 'USER' || (type === 'CONTAINER' && name !== made.code))
      .map(({ dn }) => String(dn).replace(below, '').replaceAll(`_${made.code}`, ''))
      .sort();
  };
  const structure = async (ouStructure: string | null) => {
    await sure(`PATCH ${path}/settings`, { ouStructure });
    await provision();
  };
  return { ...made, path, provision, add, change, places, structure };
}

/** Where users stand in Active Directory. */
export function usersStand(opened: () => Domain): void {
  beforeAll(async () => {
    domain = opened();
    msp = await makeMsp();
    await ensureMspMode(msp);
  });

  it('stand where the structure says, and are placed anew when it or they change', async () => {
    // One provider's directory is compared as a whole: everything else comes later.
    const one = await customerOf({ ouStructure: 'BY_DEPARTMENT' });
    await one.provision();
    const ada = await one.add('ada', { department: 'R&D, "EU" *)(ou=#1', location: 'Wien', folder: 'Own' });
    await one.add('bob', { department: 'Sales', location: 'Wien' });
    await one.add('eve');
    const odd = 'R&D\\, \\"EU\\" *)(ou\\=\\#1';
    expect(await one.places()).toEqual(
      [`CN=ada,OU=${odd}`, 'CN=bob,OU=Sales', 'CN=eve', `OU=${odd}`, 'OU=Sales'].sort(),
    );
    const cid = await one.add('cid', { department: 'SALES', location: 'Graz' });
    expect(await one.places()).toContain('CN=cid,OU=Sales');
    await one.change(ada, { department: 'Sales' });
    expect(await one.places()).toEqual([
      'CN=ada,OU=Sales',
      'CN=bob,OU=Sales',
      'CN=cid,OU=Sales',
      'CN=eve',
      'OU=Sales',
    ]);

    await one.structure('DEPARTMENT_LOCATION');
    const nested = [
      'CN=ada,OU=Wien,OU=Sales',
      'CN=bob,OU=Wien,OU=Sales',
      'CN=cid,OU=Graz,OU=Sales',
      'CN=eve',
    ];
    expect(await one.places()).toEqual([...nested, 'OU=Graz,OU=Sales', 'OU=Sales', 'OU=Wien,OU=Sales']);
    await one.change(ada, { department: 'Desk' });
    // The same location in another department is another container.
    expect(await one.places()).toEqual(
      [
        'CN=ada,OU=Wien,OU=Desk',
        ...nested.slice(1),
        'OU=Desk',
        'OU=Graz,OU=Sales',
        'OU=Sales',
        'OU=Wien,OU=Desk',
        'OU=Wien,OU=Sales',
      ].sort(),
    );
    await one.structure('LOCATION_DEPARTMENT');
    expect(await one.places()).toContain('CN=cid,OU=SALES,OU=Graz');
    await one.structure('BY_LOCATION');
    await sure(`DELETE ${cid}`);
    await deliver(one.id);
    expect(await one.places()).toEqual(['CN=ada,OU=Wien', 'CN=bob,OU=Wien', 'CN=eve', 'OU=Wien']);
    await one.structure('USER_SPECIFIED');
    expect(await one.places()).toEqual(['CN=ada,OU=Own', 'CN=bob', 'CN=eve', 'OU=Own']);
    await one.change(ada, { folder: null });
    expect(await one.places()).toEqual(['CN=ada', 'CN=bob', 'CN=eve']);

    // What nobody says for the customer itself is inherited; a disabled customer's people stay off.
    await sure(`PATCH /v1/providers/${msp.id}/default-settings`, { ouStructure: 'BY_LOCATION' });
    await one.structure(null);
    expect(await one.places()).toEqual(['CN=ada,OU=Wien', 'CN=bob,OU=Wien', 'CN=eve', 'OU=Wien']);
    const reseller = await plantReseller(msp);
    await sure(`POST ${one.path}/move`, { parentId: reseller.id });
    await deliver(msp.id, one.id);
    expect(await sure(`GET ${one.path}`)).toMatchObject({ status: 'Provisioned' });
    expect(await one.places([reseller])).toContain('CN=ada,OU=Wien');
    await sure(`POST ${one.path}/disable`);
    await deliver(one.id);
    await one.places([reseller]);
    await sure(`POST ${one.path}/enable`);
    await sure(`POST ${one.path}/deprovision`);
    await deliver(one.id);
    await one.provision();
    expect((await objectsOf(msp, one.id)).filter(({ enabled }) => enabled)).toHaveLength(3);
    expect(await one.places([reseller])).toContain('CN=bob,OU=Wien');
  });

  it('who were kept in the table come with their customer once there is a directory', async () => {
    const { DIRECTORY_URL: url, DIRECTORY_BASE_DN: base } = process.env;
    delete process.env.DIRECTORY_URL;
    delete process.env.DIRECTORY_BASE_DN;
    msp = await makeMsp();
    await ensureMspMode(msp);
    const one = await customerOf({ ouStructure: 'BY_DEPARTMENT' });
    await one.provision();
    const ada = await one.add('ada', { department: 'Sales' });
    const bob = await one.add('bob', { department: 'Desk' });
    const service = await sure('POST /v1/services', { code: 'MAIL', name: 'Mail', kind: 'USER' });
    await sure(`PUT ${one.path}/services/${service.id}`, {});
    await sure(`PUT ${ada}/services/${service.id}`, {});
    await sure(`POST ${bob}/deprovision`);
    await deliver(one.id);
    Object.assign(process.env, { DIRECTORY_URL: url, DIRECTORY_BASE_DN: base });
    const kept = await objectsOf(msp, one.id);
    expect(kept).toHaveLength(3 + 1 + 2 + 2);
    for (const { directory, dn } of kept)
      expect([directory, String(dn)]).toEqual(['TABLE', expect.not.stringContaining('DC=')]);
    await one.provision();
    const found = await one.places();
    expect(found).toEqual(['CN=ada,OU=Sales', 'CN=bob,OU=Desk', 'OU=Desk', 'OU=Sales']);
    const users = (await objectsOf(msp, one.id)).filter(({ type }) => type === 'USER');
    expect(users.map(({ enabled, memberOf }) => [enabled, (memberOf as string[]).length]).sort()).toEqual([
      [false, 0],
      [true, 3],
    ]);
    // Again it changes nothing.
    const usn = async () =>
      (await domain.read(domain.samba.baseDn)).map(({ dn, uSNChanged }) => `${dn} ${uSNChanged}`);
    const before = await usn();
    await sure(`POST ${one.path}/provision`);
    await deliver(one.id);
    expect(await usn()).toEqual(before);
  });
}
