import type { Rhythm as StageRhythm } from '../kit/context.ts';
import type { Announcement } from '../kit/event.ts';
import { pulseKey } from '../kit/keys.ts';
import { type Plan, type Receipt, type Reply, refuse, type Write } from '../kit/plan.ts';
import type { Actor } from '../kit/scope.ts';
import { countMoved } from './census.ts';
import { wrongProbeState } from './problems.ts';
import type { Pulse, PulseState } from './pulse.ts';
import { lookWrite, minuteToLook } from './wheel.ts';

/** What a change of a probe comes to. The receipt is left out only where nothing but a number of refusals moves. */
export interface Step {
  readonly after: Pulse;
  readonly writes: readonly Write[];
  readonly receipt?: Receipt;
  readonly announcements: readonly Announcement[];
}

/** When a probe is thought to be silent, where the stage has a rhythm of its own. */
export type Rhythm = Partial<Pick<StageRhythm, 'silenceSeconds'>>;

type Changed = { readonly [A in keyof Omit<Pulse, 'id' | 'customerId'>]?: Pulse[A] | null };

/**
 * A change of the pulse, bound to its state, its generation and whatever else `seen` names, with what follows: the
 * count of its state, and its place in the wheel where it comes up.
 */
export function stepOf(
  before: Pulse,
  set: Changed,
  told: {
    readonly action: string;
    readonly seen?: readonly (keyof Pulse)[];
    readonly announce?: readonly Announcement[];
    readonly detail?: Readonly<Record<string, unknown>>;
    readonly rhythm?: Rhythm | undefined;
  },
): Step & { readonly receipt: Receipt } {
  const { id, customerId } = before;
  const after = applied(before, set);
  return {
    after,
    writes: [
      {
        do: 'amend',
        key: pulseKey(customerId, id),
        set,
        where: boundTo(before, ['state', 'generation', ...(told.seen ?? [])]),
      },
      ...countMoved(customerId, before.state, after.state),
      ...watched(before, after, told.rhythm),
    ],
    receipt: {
      action: told.action,
      subject: id,
      ...(before.state === after.state
        ? { after: { ...told.detail } }
        : { before: { state: before.state }, after: { state: after.state, ...told.detail } }),
    },
    announcements: told.announce ?? [],
  };
}

// A probe that comes up is looked at from then on.
function watched(before: Pulse, { state, seenAt, id, customerId }: Pulse, rhythm: Rhythm = {}): Write[] {
  if (before.state === 'UP' || state !== 'UP' || seenAt === undefined) return [];
  return [lookWrite({ customerId, probeId: id }, minuteToLook(seenAt, rhythm.silenceSeconds))];
}

function applied(before: Pulse, set: Changed): Pulse {
  const merged = Object.entries({ ...before, ...set }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged) as unknown as Pulse;
}

/** What a write on the pulse is bound to: these are as the decision saw them. */
export function boundTo(before: Pulse, names: readonly (keyof Pulse)[]) {
  return Object.fromEntries(
    names.map((name) => [name, (before[name] ?? null) as string | number | boolean | null]),
  );
}

/** A step as a plan that answers `reply`. */
export function planOf<T>(step: Step, reply: Reply<T>): Plan<T> {
  const { writes, receipt, announcements } = step;
  return { writes, ...(receipt ? { receipt } : {}), announcements, reply };
}

/** A probe's own agent, in audit entries and events. */
export const agentOf = ({ id, customerId }: Pick<Pulse, 'id' | 'customerId'>): Actor => ({
  id,
  kind: 'system',
  home: customerId,
});

/** States in which an agent is let in. */
export const inService = (state: PulseState): boolean => state === 'UP' || state === 'DOWN';

/** No enrolment key. */
export const voided = { enrolment: null, enrolmentUntil: null } as const;

/** Refuses in any other state. */
export function mustBe(pulse: Pulse, states: readonly Pulse['state'][]): void {
  if (!states.includes(pulse.state)) refuse(wrongProbeState, undefined, { state: pulse.state });
}
