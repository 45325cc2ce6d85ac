import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { provisioningFinished } from '../../lib/provisioning/events.ts';
import { deliver, react } from '../kit/deliver.ts';
import { call, enableMspMode, makeMsp } from '../kit/world.ts';
import { envelopeOf, objectsOf } from './scene.ts';

it('a reseller, its customer, a user and a service go from the API into the directory, and out again', async () => {
  const msp = await makeMsp();
  await enableMspMode(msp);
  const as = msp.catalog;
  const any = { 'if-match': '*' };
  const sure = async (line: string, body?: unknown) => {
    const post = line.startsWith('POST');
    const answer = await call(line, { as, ...(body ? { body } : {}), ...(post ? {} : { headers: any }) });
    expect(answer.status, `${line}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };
  const make = async (name: string, parentId?: string) => {
    const domain = `${randomUUID().slice(0, 8)}.example`;
    const quick = { name: `${name} ${randomUUID().slice(0, 4)}`, email: `it@${domain}`, domain };
    return { ...(await sure('POST /v1/customers', { ...quick, ...(parentId ? { parentId } : {}) })), domain };
  };
  const reseller = await make('North, (Resellers) *');
  await sure(`PUT /v1/customers/${reseller.id}/reseller-service`);
  const customer = await make('Fabrikam', reseller.id);
  const settle = () => deliver(msp.id, reseller.id, customer.id);
  const path = `/v1/customers/${customer.id}`;
  await sure(`POST ${path}/provision`);
  await settle();
  expect(await sure(`GET ${path}`)).toMatchObject({ status: 'Provisioned' });

  const user = await sure(`POST ${path}/users`, {
    firstName: 'Ada',
    lastName: 'Lovelace',
    upn: `ada@${customer.domain}`,
  });
  const service = await sure('POST /v1/services', {
    code: 'MAIL',
    name: 'Mail',
    kind: 'USER',
    multiInstance: false,
  });
  await sure(`PUT /v1/customers/${reseller.id}/offers/${service.id}`, {});
  await sure(`PUT ${path}/services/${service.id}`, {});
  await settle();
  await sure(`PUT ${path}/users/${user.id}/services/${service.id}`, {});
  const given = `GET ${path}/users/${user.id}/services/${service.id}`;
  const told = { customerId: customer.id, requestId: newId('provisioningRequest', Date.now() + 1000) };
  const failed = { ...told, what: 'user_reset_password', status: 'Failed', version: 2 } as const;
  const node = { id: customer.id, path: ['plt', msp.id, reseller.id, customer.id] } as never;
  await react(envelopeOf(provisioningFinished, node, { ...failed, userId: user.id, serviceCode: null }));
  expect(await sure(given)).toMatchObject({ status: 'Requested' });
  await settle();
  expect(await sure(given)).toMatchObject({ status: 'Provisioned' });
  const place = `OU=${customer.code},OU=${reseller.code},`;
  const shown = async () => (await objectsOf(msp, customer.id)).map(({ type, dn }) => `${type} ${dn}`);
  expect((await shown()).map((one) => one.replace(/,OU=MSP-\w+$/, ',')).sort()).toEqual([
    `CONTAINER ${place}`,
    `GROUP CN=${customer.code} Administrators,${place}`,
    `GROUP CN=${customer.code} MAIL Users,${place}`,
    `GROUP CN=${customer.code} Users,${place}`,
    `USER CN=ada_${customer.code},${place}`,
  ]);
  const [ada] = (await objectsOf(msp, customer.id)).filter(({ type }) => type === 'USER');
  expect(ada).toMatchObject({ displayName: 'Ada Lovelace', enabled: true });
  expect(ada?.memberOf).toHaveLength(3);

  await sure(`DELETE ${path}/services/${service.id}`);
  await settle();
  expect(await shown()).not.toContainEqual(expect.stringContaining('MAIL'));
  await sure(`POST ${path}/disable`);
  await settle();
  expect((await objectsOf(msp, customer.id)).find(({ type }) => type === 'USER')).toMatchObject({
    enabled: false,
  });
  await sure(`POST ${path}/enable`);
  await sure(`POST ${path}/deprovision`);
  await settle();
  expect(await sure(`GET ${path}`)).toMatchObject({ status: 'NotProvisioned' });
});
