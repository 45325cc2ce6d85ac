import * as z from 'zod';
import type { Plan } from '../../lib/kit/plan.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { planOf, type Step } from '../../lib/probes/step.ts';
import { probeOf } from '../../lib/probes/store.ts';
import { probeView, type Sight, viewProbe } from '../../lib/probes/view.ts';

/** What the routes of one probe have in common. */
export const oneProbe = {
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), probeId: id('probe') }),
  reply: { status: 200, body: probeView },
  load: ({ target, params }: { target: string; params: { probeId: string } }) =>
    probeOf(target, params.probeId),
} as const;

/** Answers the probe as it is after a step. */
export function seenAfter({ probe }: Sight, step: Step, now: string): Plan<ReturnType<typeof viewProbe>> {
  return planOf(step, {
    body: viewProbe({ probe, pulse: step.after }, now),
    version: probe.version,
  });
}
