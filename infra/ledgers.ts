import { type Entry, effectOf, entryId, hashOf, toEntry } from '../lib/credits/entry.ts';
import { total, unpack } from '../lib/credits/lots.ts';
import type { Stored, Violation } from './invariants.ts';

/** Everything that the ledgers of a whole table break: sums, chains, refunds, links of transfers, lots. */
export function* ledgers(items: readonly Stored[]): Generator<Violation> {
  const entries = items.filter(({ kind, PK }) => kind === 'entry' && String(PK).endsWith('#ENTRY'));
  const byOwner = Map.groupBy(entries, ({ PK }) => String(PK).split('#')[1] ?? '');
  const chains = new Map(
    [...byOwner].map(([owner, own]) => [owner, own.map(toEntry).sort((a, b) => a.seq - b.seq)]),
  );
  for (const [owner, chain] of chains) {
    const wrong = (what: string): Violation => ({ invariant: 'ledger', where: owner, what });
    yield* chainOf(chain).map(wrong);
    yield* refundsOf(chain).map(wrong);
    for (const one of chain) {
      if (!one.peer) continue;
      const [peer = '', id] = one.peer.split('/');
      const other = chains.get(peer)?.find(({ previousAt }) => entryId(previousAt) === id);
      const linked = other?.peer === `${owner}/${entryId(one.previousAt)}` && other.amount === one.amount;
      if (!linked) yield wrong(`entry ${one.seq} is a transfer without its other half`);
    }
  }
}

function chainOf(chain: readonly Entry[]): string[] {
  return chain.flatMap((one, index) => {
    const before = chain[index - 1];
    const said: string[] = [];
    if (one.seq !== index + 1) said.push(`entry ${index + 1} is missing`);
    if (one.previousAt !== (before?.at ?? '0') || one.prev !== (before ? hashOf(before) : ''))
      said.push(`entry ${one.seq} does not follow the one before`);
    if (one.balance !== (before?.balance ?? 0) + effectOf(one))
      said.push(`entry ${one.seq} does not add up to its balance`);
    if (total(unpack(one.lots)) > Math.max(0, one.balance))
      said.push(`entry ${one.seq} has more in lots than its balance`);
    return said;
  });
}

function refundsOf(chain: readonly Entry[]): string[] {
  const seen = new Set<string>();
  return chain.flatMap(({ type, amount, refundOf = '', seq }) => {
    if (type !== 'REFUND') return [];
    const [id, line] = refundOf.split('#');
    const debit = chain.find(({ previousAt }) => entryId(previousAt) === id);
    const frozen = line === undefined ? debit?.amount : debit?.lines?.[Number(line)]?.amount;
    const again = seen.has(refundOf);
    seen.add(refundOf);
    if (again) return [`entry ${seq} refunds ${refundOf} again`];
    return frozen === amount ? [] : [`entry ${seq} refunds another amount than was debited`];
  });
}
