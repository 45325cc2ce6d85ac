import { type Plan, refuse } from '../kit/plan.ts';
import type { Entry, EntryView, Line } from './entry.ts';
import { type By, debit, type Ledger, repeat } from './ledger.ts';
import { requireKey } from './own-key.ts';
import { requestUnverifiable } from './problems.ts';
import { requireSystem } from './system.ts';

/** What a requested debit is decided from. */
export interface Standing {
  readonly ledger: Ledger;
  readonly earlier: Entry | 'unknown' | undefined;
  readonly system: Readonly<Record<string, unknown>> | undefined;
}

interface Requested {
  readonly amount: number;
  readonly requestId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly reason?: string | undefined;
  readonly ticketId?: string | undefined;
  readonly lines?: Line[];
}

/** A debit asked for with a key: what that key has done is answered again, whatever has changed since. */
export function requestDebit(
  { ledger, earlier, system }: Standing,
  command: Requested,
  by: By & { readonly idempotencyKey: string | undefined },
): Plan<EntryView> {
  if (earlier && earlier !== 'unknown') return repeat(ledger, earlier, command);
  requireKey(command.requestId, by.idempotencyKey, by.now);
  if (earlier === 'unknown') refuse(requestUnverifiable);
  requireSystem(system);
  return debit(ledger, command, by);
}
