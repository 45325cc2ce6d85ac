import { goDown, tellOutage } from './lifecycle.ts';
import type { Pulse } from './pulse.ts';
import type { Step } from './step.ts';
import { minuteAt, minuteToLook } from './wheel.ts';
import { quietUntil, type Window } from './window.ts';

const fiveMinutesMs = 300_000;

/** When a probe is looked at. */
export interface Moment {
  readonly now: string;
  readonly silenceSeconds: number;
}

/** What is seen of a probe: what changes, and in which minute it is looked at again. Neither: it is out of the wheel. */
export interface Seen {
  readonly step?: Step;
  readonly minute?: string;
}

/** The minute in which a probe that was heard is looked at next; undefined where a glance does not tell. */
export function glance(pulse: Pulse | undefined, { now, silenceSeconds }: Moment): string | undefined {
  if (pulse?.state !== 'UP' || pulse.seenAt === undefined) return undefined;
  const deadline = Date.parse(pulse.seenAt) + silenceSeconds * 1000;
  return deadline > Date.parse(now) ? minuteToLook(pulse.seenAt, silenceSeconds) : undefined;
}

/**
 * Decides about a probe that may be late. An outage that is found in a maintenance window is not told; it is looked at
 * again when the window ends, and every five minutes, for a window may be taken back: then it is told.
 */
export function look(pulse: Pulse | undefined, at: Moment & { readonly windows: readonly Window[] }): Seen {
  const minute = glance(pulse, at);
  if (minute !== undefined) return { minute };
  const untold = pulse?.state === 'DOWN' && pulse.told === false;
  if (!pulse || !(pulse.state === 'UP' || untold)) return {};
  const quiet = quietUntil(at.windows, pulse.id, at.now);
  if (quiet === undefined) return { step: untold ? tellOutage(pulse) : goDown(pulse, { told: true }) };
  const next = { minute: minuteAt(Math.min(Date.parse(quiet), Date.parse(at.now) + fiveMinutesMs)) };
  return untold ? next : { ...next, step: goDown(pulse, { told: false }) };
}
