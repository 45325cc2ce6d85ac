import { commit, get, getAll } from '../aws/db.ts';
import { ofNodes } from '../aws/vouch.ts';
import { reachingBy } from '../aws/vouch-rows.ts';
import { platformId } from '../kit/id.ts';
import {
  forestKey,
  identityKey,
  importKey,
  importMailsKey,
  importRecipientKey,
  memberKey,
  nodeKey,
} from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import { toImport } from './import.ts';
import { issue, toRecipient } from './import-link.ts';
import { namesOf, toNode } from './import-store.ts';
import type { Account, Invitation } from './invitation.ts';

/** What an import's address leads to, as it is now. */
export async function accountOf(partnerId: string, importId: string, now: string): Promise<Account> {
  const [asked, stored] = await getAll([importKey(partnerId, importId), nodeKey(partnerId)], true);
  const one = asked && toImport(asked);
  const hash = emailHash(one?.email ?? '');
  const providerId = String(stored?.path ?? '').split('/')[1] ?? '-';
  const [identity, mails, forest] = await getAll(
    [identityKey(platformId, hash), importMailsKey(hash, now.slice(0, 10)), forestKey(providerId)],
    true,
  );
  const partner = toNode(stored, forest);
  const { tenantId, personId } = (identity ?? {}) as { tenantId?: string; personId?: string };
  const line = partner?.path.slice(1, -1) ?? [];
  const account = tenantId ? [nodeKey(tenantId), memberKey(tenantId, personId ?? '-')] : [];
  const read = () => ofNodes([...account, ...line.map(nodeKey)]);
  const found = await (identity && tenantId ? reachingBy(identity, [tenantId], read) : read());
  const [customer, member] = found.slice(0, account.length);
  const above = found.slice(account.length);
  return { one, mails, personId, member, partner, above: namesOf(above), customer: toNode(customer) };
}

/** Makes a token the one that counts, before anybody is sent it; only its hash is kept. */
export async function issueToken(
  invitation: Invitation,
  made: { readonly token: string; readonly now: string },
  by: { readonly token: string; readonly deadline: number },
): Promise<void> {
  const { link, one } = invitation;
  const stored = await get(importRecipientKey(one.id), true);
  const before = stored && toRecipient(stored);
  await commit(issue({ ...link, round: one.round, email: one.email }, before, made), by.token, by.deadline);
}

/** Who is told at a partner: who asked, while they are there, by their address. */
export async function askerOf(
  partnerId: string,
  importId: string,
): Promise<{ address: string | undefined; one: ReturnType<typeof toImport> | undefined }> {
  const asked = await get(importKey(partnerId, importId), true);
  const one = asked && toImport(asked);
  const member = one && (await get(memberKey(partnerId, one.askedBy), true));
  return { one, address: member?.state === 'ACTIVE' ? String(member.email) : undefined };
}
