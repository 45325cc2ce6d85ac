import { importMailsKey } from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Write } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { type Import, stateAt } from './import.ts';
import type { Link } from './import-link.ts';
import { administers, lookedAfterBy } from './opened.ts';

type Stored = Readonly<Record<string, unknown>>;

/** To one address on one day, whoever asks. */
export const mostMails = 3;

/** An account that an address signs in to, and the partner that asks for it. */
export interface Account {
  readonly one: Import | undefined;
  readonly partner: Node | undefined;
  /** Names of whoever stands above the partner. */
  readonly above: readonly string[];
  readonly customer: Node | undefined;
  readonly personId: string | undefined;
  readonly member: Stored | undefined;
  /** How many mails of imports the address had today. */
  readonly mails: Stored | undefined;
}

/** Whom to mail about an import, and what its link is to lead to. */
export interface Invitation {
  readonly link: Link;
  readonly one: Import;
  readonly partner: Node;
  readonly above: readonly string[];
  readonly customer: Node;
  /** As the account spells it. */
  readonly address: string;
  /** Somebody else looks after it now. */
  readonly transfer: boolean;
}

/** Whom to mail: only an administrator of a customer that is not the partner's already. */
export function invited(account: Account, round: number, now: string): Invitation | undefined {
  const { one, partner, above, customer, personId, member } = account;
  if (!one || !partner || !customer || !personId || !member) return undefined;
  if (one.round !== round || stateAt(one, now) !== 'PENDING') return undefined;
  if (customer.type !== 'CUSTOMER' && customer.type !== 'RESELLER') return undefined;
  if (!administers(member, one.email) || customer.path.includes(partner.id)) return undefined;
  const [partnerId, customerId] = [partner.id, customer.id];
  return {
    link: { importId: one.id, partnerId, providerId: providerOf(partner), customerId, personId },
    ...{ one, partner, above, customer, address: String(member.email) },
    transfer: lookedAfterBy(customer) !== undefined,
  };
}

/** Counts a mail to an address; undefined where it has had as many as a day allows. */
export function countMail(address: string, mails: Stored | undefined, now: string): Write | undefined {
  const sent = Number(mails?.sent ?? 0);
  if (sent >= mostMails) return undefined;
  const version = Number(mails?.version ?? 0);
  const item = {
    ...importMailsKey(emailHash(address), now.slice(0, 10)),
    ...{ kind: 'importMails', sent: sent + 1, version: version + 1 },
    expiresAt: Math.floor(Date.parse(now) / 1000) + 2 * 24 * 3600,
  };
  return version === 0 ? { do: 'create', item } : { do: 'replace', item, version };
}
