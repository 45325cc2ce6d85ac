import * as z from 'zod';

/** A time in which a customer was deprovisioned; `to` null: it still is. */
export interface Outage {
  readonly from: string;
  readonly to: string | null;
}

const profile = z.object({
  outages: z.array(z.object({ from: z.string(), to: z.string().nullable() })).catch([]),
});
type Stored = Readonly<Record<string, unknown>>;

const keptOutages = 60;

/** When a customer's profile says it was deprovisioned, oldest first. */
export const outagesOf = (item: Stored): readonly Outage[] => profile.parse(item).outages;

/** Since when it is deprovisioned; undefined while it is not. */
export const outSince = (item: Stored): string | undefined =>
  outagesOf(item).find(({ to }) => to === null)?.from;

export const isOutAt = (outages: readonly Outage[], instant: string): boolean =>
  outages.some(({ from, to }) => from <= instant && (to === null || to > instant));

/** The outages of a customer that is deprovisioned now, or provisioned (`out` false). */
export function outagesFrom(item: Stored, { out, now }: { out: boolean; now: string }): readonly Outage[] {
  const before = outagesOf(item);
  if (out && outSince(item) !== undefined) return before;
  const closed = before.map((one) => ({ ...one, to: one.to ?? now }));
  return out ? [...closed, { from: now, to: null }].slice(-keptOutages) : closed;
}
