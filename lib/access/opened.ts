import { type Node, providerOf } from '../kit/scope.ts';
import { canonicalEmail } from '../kit/text.ts';
import { type Import, stateAt } from './import.ts';
import type { Link, Recipient } from './import-link.ts';
import type { OpenImports } from './open-imports.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What stands behind a token, as stored. */
export interface Found {
  readonly hash: string;
  readonly link: Link;
  readonly recipient: Recipient | undefined;
  readonly one: Import | undefined;
  readonly open: OpenImports;
  readonly partner: Node | undefined;
  readonly customer: Node | undefined;
  readonly member: Stored | undefined;
  readonly management: Stored | undefined;
  readonly grant: Stored | undefined;
  readonly forest: Stored | undefined;
  /** Who looks after the customer now, where somebody does. */
  readonly present: Stored | undefined;
  /** Names of whoever stands above the partner, the provider first. */
  readonly above: readonly string[];
}

/** An import that the one whom it was mailed to may answer now. */
export interface Opened extends Found {
  readonly recipient: Recipient;
  readonly one: Import;
  readonly partner: Node;
  readonly customer: Node;
  readonly member: Stored;
}

/** What a token opens now; undefined for whatever leads nowhere any more, or never did. */
export function opened(found: Found | undefined, now: string): Opened | undefined {
  if (!found) return undefined;
  const { recipient, one, partner, customer, member } = found;
  if (!recipient || !one || !partner || !customer || !member) return undefined;
  if (providerOf(partner) !== found.link.providerId) return undefined;
  const counts = recipient.hash === found.hash && recipient.round === one.round;
  if (!counts || stateAt(one, now) !== 'PENDING') return undefined;
  if (!administers(member, one.email) || customer.path.includes(partner.id)) return undefined;
  return { ...found, recipient, one, partner, customer, member };
}

/** True for an administrator who signs in with an address. */
export function administers(member: Stored, address: string): boolean {
  const { state, roles, email } = member as { state?: string; roles?: string[]; email?: string };
  const own = canonicalEmail(email ?? '') === canonicalEmail(address);
  return own && state === 'ACTIVE' && roles?.includes('CUSTOMER_ADMINISTRATOR') === true;
}

/** Neither it nor a node above it is disabled. */
export function isInForce(partner: Node, forest: Stored | undefined): boolean {
  const disabled = (forest?.disabled ?? []) as readonly string[];
  return partner.item.adminState !== 'DISABLED' && !partner.path.some((id) => disabled.includes(id));
}

/** The node that looks after a customer; undefined where none does. */
export const lookedAfterBy = (customer: Node): string | undefined =>
  providerOf(customer) === customer.id ? undefined : customer.path.at(-2);
