import { uniqueKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import type { EntryView } from './entry.ts';
import { type By, grant, type Ledger, settingsOf } from './ledger.ts';
import { toSystem } from './system.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

/** What a top-up is carried out from. */
export interface TopUpStanding {
  readonly ledger: Ledger;
  readonly system: Stored;
  /** What an earlier delivery of the same request has left. */
  readonly done: Stored;
  /** The entry that asked: a ledger that was restored may not have it any more. */
  readonly asking: Stored;
}

export const topUpMarkKey = (customerId: string, entryId: string) => uniqueKey(customerId, 'TOP_UP', entryId);

/**
 * Grants what an entry asked for, once, whoever asks again; nothing where the credit system or the top-up was switched
 * off since, or the ledger has no such entry. Cool-down and cap were decided with the entry.
 */
export function topUp(
  { ledger, system, done, asking }: TopUpStanding,
  asked: { entryId: string; amount: number },
  by: By,
): Plan<EntryView> | undefined {
  if (done || !asking || !toSystem(system).system.enabled || !settingsOf(ledger).topUp) return undefined;
  const reason = `Automatic top-up asked for by ${asked.entryId}`;
  const plan = grant(ledger, { amount: asked.amount, reason }, by);
  const once: Write = {
    do: 'create',
    item: { ...topUpMarkKey(ledger.customerId, asked.entryId), kind: 'topUp' },
  };
  return { ...plan, writes: [...plan.writes, once] };
}
