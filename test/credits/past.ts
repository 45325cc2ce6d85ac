import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import type { By, Ledger } from '../../lib/credits/ledger.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { plant } from '../every/planting.ts';

const actor = {
  id: 'per_00000000000000000000000000',
  kind: 'person',
  home: 'prv_00000000000000000000000000',
};

/** A moment so many hours from now. */
export const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

/** A full hour, at least so many hours from now (or as long ago). */
export const fullHour = (hours: number): string =>
  new Date(Math.ceil(Date.now() / 3_600_000 + hours) * 3_600_000).toISOString();

/** A ledger with a past, decided entry by entry as the ledger itself decides. */
export class Past {
  readonly customerId: string;
  readonly entries: Entry[] = [];
  private readonly items: Item[] = [];

  constructor(customerId: string) {
    this.customerId = customerId;
  }

  /** Decides at a moment; answers what was announced. */
  at(now: string, decide: (ledger: Ledger, by: By) => Plan): { type: string; data: unknown }[] {
    const ledger = { customerId: this.customerId, head: this.entries.at(-1) ?? null };
    const { writes, announcements = [] } = decide(ledger, { actor: { ...actor, kind: 'person' }, now });
    for (const write of writes) {
      if (write.do !== 'create') continue;
      this.items.push(write.item);
      if (write.item.kind === 'entry') this.entries.push(toEntry(write.item));
    }
    return announcements.map(({ type, data }) => ({ type, data }));
  }

  /** What was decided since the last time, to be stored. */
  take(): Item[] {
    return this.items.splice(0);
  }

  /** Stores what was decided since the last time. */
  async plant(): Promise<void> {
    await plant(this.take());
  }
}
