import { note } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import { nodeKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { forbidden } from '../kit/problem.ts';
import { type Node, providerOf, type Scope } from '../kit/scope.ts';
import { type Appended, type By, close, type Ledger, type Opened, open } from './chain.ts';
import { type EntryView, entryId } from './entry.ts';
import { requireRoom, toPlan } from './ledger.ts';
import { deposit, take } from './lots.ts';
import { grantedDirectly, reclaimExceeds, transferExceeds } from './problems.ts';

/** What credits move between: a reseller and one right below it. */
export interface Family {
  readonly parent: Ledger;
  readonly child: Ledger;
}

interface Moving {
  readonly amount: number;
  readonly reason?: string | undefined;
  readonly ticketId?: string | undefined;
}

interface Request extends By {
  readonly scope: Scope;
  readonly newId: (kind: Kind) => string;
  readonly requestId: string;
}

/** The parent of the route's customer; refuses callers that are not the parent's, and customers without a reseller. */
export function parentOf({ target, home }: Pick<Scope, 'target' | 'home'>): string {
  const parentId = target.path.at(-2) ?? '';
  if (parentId === providerOf(target)) refuse(grantedDirectly);
  if (home.id !== parentId && home.id !== providerOf(target)) refuse(forbidden);
  return parentId;
}

/** From the reseller's balance to the customer below it, never more than the reseller has. */
export function transfer({ parent, child }: Family, command: Moving, by: Request): Plan<EntryView> {
  const [from, to] = [open(parent, by), open(child, by)];
  const available = Math.max(0, from.balance);
  if (command.amount > available) refuse(transferExceeds, undefined, { available });
  const handed = handedFrom(parent, handedBy(parent, child) + command.amount);
  const moved = move(from, { ...to, handed }, command, by);
  return together(moved.in, moved.out, { by, other: parentNode(by.scope.target), child });
}

const tagLength = 8;
const tagOf = (customerId: string) => customerId.slice(-tagLength);

/** What a reseller has handed to one below it and not taken back. Another parent's before it does not count. */
export function handedBy(parent: Pick<Ledger, 'customerId'>, { head }: Pick<Ledger, 'head'>): number {
  const kept = head?.handed ?? '';
  return kept.startsWith(tagOf(parent.customerId)) ? Number.parseInt(kept.slice(tagLength), 36) : 0;
}

// An entry stays below 1 KB: the end of the reseller's id, then the amount in base 36.
const handedFrom = (parent: Ledger, net: number): string => `${tagOf(parent.customerId)}${net.toString(36)}`;

/** Back from the customer to its reseller, never more than the customer has left, nor than the reseller handed on. */
export function reclaim({ parent, child }: Family, command: Moving, by: Request): Plan<EntryView> {
  const [from, to] = [open(child, by), open(parent, by)];
  const handed = handedBy(parent, child);
  const available = Math.max(0, Math.min(from.balance, handed));
  if (command.amount > available) refuse(reclaimExceeds, undefined, { available });
  const left = handedFrom(parent, handed - command.amount);
  const moved = move({ ...from, handed: left }, to, command, by);
  return together(moved.out, moved.in, { by, other: parentNode(by.scope.target), child });
}

/** A ledger of the two; the lower one with what is handed to it from then on. */
type Moved = Opened & { readonly handed?: string };

/** Two linked entries. Lots leave as a debit would burn them, and keep priority and expiry where they arrive. */
function move(from: Moved, to: Moved, { amount, ...said }: Moving, by: By): { out: Appended; in: Appended } {
  const place = ({ customerId, head }: Opened) => `${customerId}/${entryId(head?.at ?? '0')}`;
  const told = ({ handed }: Moved) => (handed ? { handed } : {});
  const { left, taken } = take(from.lots, amount);
  const lots = deposit(to.lots, taken, Math.max(0, -to.balance));
  requireRoom(lots);
  const draft = { amount, parts: taken, ...said };
  return {
    out: close(from, { ...draft, type: 'TRANSFER_OUT', lots: left, peer: place(to), ...told(from) }, by),
    in: close(to, { ...draft, type: 'TRANSFER_IN', lots, peer: place(from), ...told(to) }, by),
  };
}

const parentNode = ({ path }: Node): string => path.slice(0, -1).join('/');

/** One transaction. Each ledger announces for itself; the customer must still stand where it stood. */
function together(
  own: Appended,
  others: Appended,
  { by, other, child }: { by: Request; other: string; child: Ledger },
): Plan<EntryView> {
  const plan = toPlan(child.customerId, own);
  const ev =
    others.announcements.length > 0 ? note(others.announcements, () => by.newId('event')) : undefined;
  const announcing = others.writes.map((write, index): Write => {
    if (write.do !== 'create' || index !== others.outbox || !ev) return write;
    return { ...write, item: { ...write.item, ev, path: other, traceId: by.requestId } };
  });
  const { id, version } = by.scope.target;
  return { ...plan, writes: [...plan.writes, ...announcing, { do: 'check', key: nodeKey(id), version }] };
}
