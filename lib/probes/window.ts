import * as z from 'zod';
import { maintenanceWindowKey, probeCountsKey } from '../kit/keys.ts';
import { expectVersion, type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { malformed, notFound, Problem } from '../kit/problem.ts';
import { id, instant, paragraph } from '../kit/text.ts';
import { tooManyWindows } from './problems.ts';
import type { PulseState } from './pulse.ts';

/** Windows of a customer that are not over. */
export const mostWindows = 50;
const longestDays = 30;
const farthestDays = 366;
/** How long a window is kept once it is over. */
const keptDays = 90;
const dayMs = 86_400_000;

export const newWindow = z.strictObject({
  from: instant.optional().describe('At most a year ahead; now where it is left out or past'),
  to: instant.describe(`In the future, at most ${longestDays} days after it begins`),
  probeIds: z
    .array(id('probe'))
    .min(1)
    .max(50)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a probe twice')
    .optional()
    .describe('Every probe of the customer where it is left out'),
  reason: paragraph(500),
});

const stored = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  probeIds: z.array(z.string()).nullable(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  version: z.number(),
});

/** A time in which outages of a customer's probes are not told. It never changes: it is taken back, or passes. */
export type Window = z.infer<typeof stored>;

export const toWindow = (item: Readonly<Record<string, unknown>>): Window => stored.parse(item);

function windowItem(customerId: string, window: Window): Item {
  const expiresAt = Math.floor(Date.parse(window.to) / 1000) + keptDays * 86_400;
  return { ...maintenanceWindowKey(customerId, window.id), kind: 'maintenanceWindow', ...window, expiresAt };
}

export const windowView = stored
  .omit({ version: true })
  .strict()
  .extend({
    id: z.string().describe('`mwn_…`'),
    probeIds: z.array(z.string()).nullable().describe('null: every probe of the customer'),
    state: z.enum(['PLANNED', 'ACTIVE', 'OVER']),
  });

export function viewWindow(
  { version: _version, ...window }: Window,
  now: string,
): z.infer<typeof windowView> {
  return { ...window, state: now < window.from ? 'PLANNED' : now < window.to ? 'ACTIVE' : 'OVER' };
}

/** What a customer's windows are decided from. */
export interface Planned {
  readonly windows: readonly Window[];
  /** States of the probes asked for, in their order; undefined: it has no such probe. */
  readonly states: readonly (PulseState | undefined)[];
  /** Version of the customer's count of probes; null: it never had any. */
  readonly counted: number | null;
}

/** Plans a window. Who else changes the customer's probes or windows meanwhile makes it decide again. */
export function planWindow(
  customerId: string,
  { windows, states, counted }: Planned,
  command: z.output<typeof newWindow> & { id: string; by: string; now: string },
): Plan<z.infer<typeof windowView>> {
  const { now, by, to, probeIds = null, reason } = command;
  const from = command.from !== undefined && command.from > now ? command.from : now;
  mustLast({ from, to, now });
  states.forEach((state, index) => {
    if (state === undefined || state === 'RETIRED')
      object(`#/probeIds/${index}`, 'is no probe of the customer');
  });
  if (windows.filter((one) => one.to > now).length >= mostWindows)
    refuse(tooManyWindows, undefined, { most: mostWindows });
  const window: Window = {
    ...{ id: command.id, from, to, probeIds, reason },
    ...{ createdBy: by, createdAt: now, version: 1 },
  };
  const key = probeCountsKey(customerId);
  const bound: Write =
    counted === null
      ? { do: 'check', key, version: null }
      : { do: 'adjust', key, add: { version: 1 }, version: counted };
  return {
    writes: [{ do: 'create', item: windowItem(customerId, window) }, bound],
    receipt: { action: 'probes.plan_window', subject: window.id, after: { from, to, probeIds }, reason },
    reply: {
      body: viewWindow(window, now),
      version: 1,
      location: `/v1/customers/${customerId}/maintenance-windows/${window.id}`,
    },
  };
}

function mustLast({ from, to, now }: { from: string; to: string; now: string }): void {
  const [begins, ends, today] = [from, to, now].map((at) => Date.parse(at)) as [number, number, number];
  if (begins > today + farthestDays * dayMs) object('#/from', 'must be at most a year ahead');
  if (ends <= begins || ends > begins + longestDays * dayMs)
    object('#/to', `must be in the future, after it begins and at most ${longestDays} days later`);
}

function object(pointer: string, message: string): never {
  throw new Problem(malformed, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}

/** Takes a window back; outages in it that go on are told within minutes. */
export function endWindow(
  customerId: string,
  window: Window | undefined,
  at: { ifMatch: string | undefined },
): Plan {
  if (!window) return refuse(notFound);
  expectVersion(at.ifMatch, window.version);
  const { id: subject, from, to, probeIds } = window;
  return {
    writes: [{ do: 'remove', key: maintenanceWindowKey(customerId, subject), version: window.version }],
    receipt: { action: 'probes.end_window', subject, before: { from, to, probeIds } },
    reply: { status: 204 },
  };
}

/** Until when outages of a probe are not told, as far as is planned now; undefined: they are told. */
export function quietUntil(windows: readonly Window[], probeId: string, now: string): string | undefined {
  return windows
    .filter(({ from, to }) => from <= now && now < to)
    .filter(({ probeIds }) => probeIds === null || probeIds.includes(probeId))
    .map(({ to }) => to)
    .sort()
    .at(-1);
}
