import { randomUUID } from 'node:crypto';
import { commit, each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { endUserItem } from '../../lib/kit/end-user.ts';
import { type Envelope, envelopesOf } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nameEntry, nodeKey, partition, resellerKey, settingsKey, treeEntry } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import type { NodeType } from '../../lib/kit/scope.ts';
import { type Caller, enlist } from './world.ts';

const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);

function nodeItem(providerId: string, id: string, type: NodeType) {
  const path = [platformId, providerId, id];
  const name = `Customer ${id.slice(-6)}`;
  return {
    ...nodeKey(id),
    ...treeEntry(providerId, path),
    ...nameEntry(providerId, 'CUSTOMER', name.toLowerCase(), id),
    kind: 'node',
    id,
    parentId: providerId,
    type,
    name,
    path: path.join('/'),
    accountManagerEmail: 'manager@msp.example.com',
    state: 'ACTIVE',
    version: 1,
  };
}

/** A reseller below a provider, without people, planted below the API. */
export async function plantReseller(providerId: string): Promise<{ id: string }> {
  const id = newId('customer', Date.now());
  await put(
    { do: 'create', item: nodeItem(providerId, id, 'RESELLER') },
    { do: 'create', item: { ...resellerKey(id), kind: 'reseller', children: 0, version: 1 } },
  );
  return { id };
}

/** A customer node with an administrator, planted below the API: for contexts that only need one to be there. */
export async function plantCustomer(providerId: string): Promise<{ id: string; admin: Caller }> {
  const id = newId('customer', Date.now());
  await put({ do: 'create', item: nodeItem(providerId, id, 'CUSTOMER') });
  return { id, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) };
}

/** An end user of a customer, planted below the API: a row without person or user behind it. */
export async function plantEndUser(
  providerId: string,
  customerId: string,
  markets: readonly number[] = [],
): Promise<Caller> {
  const person = newId('person', Date.now());
  const item = endUserItem({ customerId, id: person, source: 'DIRECTORY', markets, version: 1 });
  await put({ do: 'create', item });
  return { tenant: customerId, person, roles: [], email: 'nobody@example.com', provider: providerId };
}

/** MSP mode and the credit system of a provider switched on below the API. */
export async function plantCreditSystem(providerId: string): Promise<void> {
  await put({
    do: 'create',
    item: {
      ...settingsKey(providerId, 'CREDIT_SYSTEM'),
      kind: 'creditSystem',
      enabled: true,
      switchedAt: new Date().toISOString(),
      version: 1,
    },
  });
}

/** Everything that a tenant's ledger has announced, oldest first. */
export async function announcedByLedger(
  customerId: string,
): Promise<Envelope<{ thresholds: { id: string }[] }>[]> {
  const out: Envelope<{ thresholds: { id: string }[] }>[] = [];
  for await (const item of each({
    partition: partition(customerId, 'ENTRY'),
    limit: 500,
    consistent: true,
  })) {
    out.push(...(envelopesOf(item) as Envelope<{ thresholds: { id: string }[] }>[]));
  }
  return out;
}
