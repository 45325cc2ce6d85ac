import { randomUUID } from 'node:crypto';
import { newId } from '../../lib/aws/world.ts';
import { announcedBy, react } from './deliver.ts';
import { type Answer, type Caller, call, enlist, ensureMspMode, type Msp } from './world.ts';

export const any = { 'if-match': '*' };

/** What the quick path needs, with names that nobody else has. */
export function quick(more: Record<string, unknown> = {}): Record<string, unknown> {
  // A code ending in 2 or 3 is also its own first alternative: one read less, by chance.
  const unique = randomUUID().replace(/[23]/g, '4');
  return {
    name: `Customer ${unique.slice(0, 13)}`,
    email: 'contact@customer.example.com',
    ...('domains' in more ? {} : { domain: `${unique}.example.com` }),
    ...more,
  };
}

/** A customer made over the API by the quick path. */
export async function plantDirectly(as: Caller, more: Record<string, unknown> = {}): Promise<Answer['body']> {
  const { status, body } = await call('POST /v1/customers', { as, body: quick(more) });
  if (status !== 201) throw new Error(`createCustomer answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export interface Branch {
  readonly id: string;
  readonly admin: Caller;
}

/** A reseller below a provider or another reseller, with a full administrator. */
export async function plantReseller(
  msp: Msp,
  parentId = msp.id,
  more: Record<string, unknown> = {},
): Promise<Branch> {
  await ensureMspMode(msp);
  const { id } = await plantDirectly(msp.catalog, { parentId, ...more });
  const made = await call(`PUT /v1/customers/${id}/reseller-service`, { as: msp.catalog, headers: any });
  if (made.status !== 200) throw new Error(`provisionResellerService answered ${made.status}`);
  return { id, admin: await enlist(id, ['RESELLER_FULL_ADMINISTRATOR']) };
}

/** What the provisioning engine says when it is done with the last request of a customer. */
export async function finishProvisioning(
  customerId: string,
  status: 'Provisioned' | 'NotProvisioned' | 'Failed',
  back = 0,
): Promise<void> {
  const asked = (await announcedBy(customerId)).filter(
    ({ type }) => type === 'customers.provisioning_requested.v1',
  );
  const last = asked.at(-1 - back) as (typeof asked)[0];
  const { what, version } = last.data as { what: 'provision'; version: number };
  await react({
    ...last,
    id: newId('event', Date.now()),
    type: 'provisioning.finished.v1',
    data: {
      customerId,
      requestId: 'prq_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
      what,
      status,
      version,
      userId: null,
      serviceCode: null,
    },
  });
}
