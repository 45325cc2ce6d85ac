import { randomUUID } from 'node:crypto';
import { ask } from '../../lib/access/ask.ts';
import { issue } from '../../lib/access/import-link.ts';
import { openImportsOf } from '../../lib/access/import-store.ts';
import { commit } from '../../lib/aws/db.ts';
import { newId, secret } from '../../lib/aws/world.ts';
import type { Caller } from '../kit/world.ts';
import { type Account, terms } from './import-scene.ts';

/** An import as it was decided `agoMs` ago, below the API. */
export async function plantImport(partner: Caller, email: string, agoMs = 0): Promise<{ id: string }> {
  const now = new Date(Date.now() - agoMs).toISOString();
  const id = newId('importLink', Date.parse(now));
  const { open } = await openImportsOf(partner.tenant, partner.tenant);
  const command = { email, ...terms, access: { ...terms.access, roles: [...terms.access.roles] } };
  const plan = ask({ id: partner.tenant }, { command, open }, { id, by: partner.person, now });
  await commit(plan.writes, randomUUID(), Date.now() + 5000);
  return { id };
}

/** A link of an import as its mail would carry it, below the mail. */
export async function plantLink(partner: Caller, account: Account, importId: string): Promise<string> {
  const token = secret(32);
  const [partnerId, customerId, personId] = [partner.tenant, account.id, account.admin.person];
  const to = { importId, partnerId, providerId: partnerId, customerId, personId };
  const writes = issue({ ...to, round: 1, email: account.admin.email }, undefined, {
    token,
    now: new Date().toISOString(),
  });
  await commit(writes, randomUUID(), Date.now() + 5000);
  return token;
}
