import { hashOf, toEntry } from '../../lib/credits/entry.ts';
import type { Reference, Which } from './reference.ts';

type Item = Readonly<Record<string, unknown>>;

/** What must never be, counted; `broken` is everything else that a ledger promises. */
export interface Verdict {
  lost: number;
  doubled: number;
  overspent: number;
  phantom: number;
  broken: number;
}
export const innocent = (): Verdict => ({ lost: 0, doubled: 0, overspent: 0, phantom: 0, broken: 0 });

const signed = ({ type, amount }: Item): number =>
  ['DEBIT', 'TRANSFER_OUT', 'EXPIRE'].includes(String(type)) ? -Number(amount) : Number(amount);

/** Holds what is stored against what was sent and answered. `entries` by ledger, in the order of their numbers. */
export function judge(
  reference: Reference,
  entries: Readonly<Record<Which, readonly Item[]>>,
  into: Verdict,
): void {
  const found = new Map<string, number>();
  for (const which of ['parent', 'child'] as const) {
    let sum = 0;
    let prev = '';
    entries[which].forEach((one, index) => {
      sum += signed(one);
      const link = toEntry(one);
      const whole = [one.amount, one.balance].every(Number.isSafeInteger);
      if (one.balance !== sum || one.seq !== index + 1 || link.prev !== prev || !whole) into.broken++;
      prev = hashOf(link);
      const spends = one.type === 'DEBIT' ? reference.rules.blocked[which] : one.type === 'TRANSFER_OUT';
      if (spends && sum < 0) into.overspent++;
      const tag = String(one.reason ?? '');
      if (tag === '') return;
      const place = `${which} ${tag}`;
      found.set(place, (found.get(place) ?? 0) + 1);
      if (!isAsSent(reference, which, one)) into.phantom++;
    });
  }
  for (const times of found.values()) if (times > 1) into.doubled++;
  settle(reference, entries, found, into);
}

/** An entry is of a request that was sent, and says what that asked for. */
function isAsSent(reference: Reference, which: Which, one: Item): boolean {
  const op = reference.sent.get(String(one.reason));
  if (!op) return false;
  if (op.what === 'transfer')
    return one.amount === op.amount && one.type === (which === 'child' ? 'TRANSFER_IN' : 'TRANSFER_OUT');
  const type = { grant: 'GRANT', debit: 'DEBIT', adjust: 'ADJUST', refund: 'REFUND' }[op.what];
  return which === op.ledger && one.amount === op.amount && one.type === type;
}

/** Of the worlds that answers left open, what is stored has to be one. */
function settle(
  reference: Reference,
  entries: Readonly<Record<Which, readonly Item[]>>,
  found: ReadonlyMap<string, number>,
  into: Verdict,
): void {
  const tags = [...reference.sent.values()].flatMap(({ tag, ledger, what }) =>
    what === 'transfer' ? [`child ${tag}`, `parent ${tag}`] : [`${ledger} ${tag}`],
  );
  for (const place of tags) {
    const known = reference.knows(place.slice(place.indexOf(' ') + 1));
    if (known === true && !found.has(place)) into.lost++;
    if (known === false && found.has(place)) into.phantom++;
  }
  const stored = (which: Which) => Number(entries[which].at(-1)?.balance ?? 0);
  const explained = reference.worlds.some(
    ({ balance, done }) =>
      balance.child === stored('child') &&
      balance.parent === stored('parent') &&
      tags.every((place) => found.has(place) === (done[place.slice(place.indexOf(' ') + 1)] !== undefined)),
  );
  if (!explained) into.broken++;
}
