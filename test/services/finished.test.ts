import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, call, makeMsp } from '../kit/world.ts';
import { add, change, read } from '../users/people.ts';
import { define, give, giveUser, readUser } from './desk.ts';

/** The engine is done with a request of the customer, its user or service. */
async function finished(
  customer: Planted,
  data: Record<string, unknown>,
  at = Date.now() + 1,
): Promise<void> {
  const [asked] = await announcedBy(customer.id);
  const id = newId('event', at);
  const requestId = `prq_${id.slice(-26)}`;
  const whole = { customerId: customer.id, requestId, userId: null, serviceCode: null, version: 1, ...data };
  const envelope = { ...asked, id, type: 'provisioning.finished.v1', traceId: randomUUID(), data: whole };
  await react(envelope as unknown as Envelope);
}

it('what the engine has made of users and services is shown, once, and not over what was asked since', async () => {
  const msp = await makeMsp();
  const as = msp.catalog;
  const customer = await plantNode(rootOf(msp.id));
  await add(customer, as);
  const user = await add(customer, as, { email: 'ann@mail.example' });
  const [mail, site] = [await define(as), await define(as, { kind: 'CUSTOMER' })];
  await give(as, customer, mail);
  await give(as, customer, site);
  await giveUser(as, user, mail);
  const status = async (one: Promise<Answer>) => (await one).body.status;
  const of = (service: Answer) =>
    call(`GET /v1/customers/${customer.id}/services/${service.body.id}`, { as });
  const code = mail.body.code;
  await finished(customer, { what: 'service_provision', serviceCode: code, status: 'Provisioned' }, 1);
  expect(await status(of(mail))).toBe('Requested');
  await finished(customer, { what: 'service_provision', serviceCode: code, status: 'Provisioned' });
  expect([await status(of(mail)), await status(of(site))]).toEqual(['Provisioned', 'Requested']);
  const about = { what: 'user_provision', userId: user.body.id };
  await finished(customer, { ...about, status: 'Failed', version: 1 });
  expect(await status(read(user, as))).toBe('Failed');
  expect(await status(readUser(as, user, mail))).toBe('Failed');
  const again = await call(`POST ${user.headers.location}/provision`, { as });
  const version = Number(JSON.parse(again.headers.etag ?? '0'));
  await finished(customer, { ...about, status: 'Provisioned', version: version - 1 });
  expect(await status(read(user, as))).toBe('Requested');
  await finished(customer, { ...about, status: 'Provisioned', version });
  expect(await status(read(user, as))).toBe('Provisioned');
  // A failure that was retried is over, and does not come back with an event that is late.
  expect(await status(readUser(as, user, mail))).toBe('Provisioned');
  await finished(customer, { ...about, status: 'Failed', version });
  expect(await status(readUser(as, user, mail))).toBe('Provisioned');
  const shown: string[] = [];
  for (const outcome of ['Failed', 'Provisioned', 'Failed']) {
    await finished(customer, { what: 'service_provision', serviceCode: site.body.code, status: outcome });
    shown.push(await status(of(site)));
  }
  expect(shown).toEqual(['Failed', 'Provisioned', 'Provisioned']);
  expect(await status(change(user, as, { lastName: 'Li' }, '*'))).toBe('Pending');
  await finished(customer, { ...about, status: 'Provisioned', version });
  expect(await status(read(user, as))).toBe('Pending');
  await finished(customer, { what: 'provision', status: 'Provisioned' });
  await finished(customer, { ...about, userId: newId('user', 1), status: 'Provisioned', version });
});
