import * as z from 'zod';
import { nat, type Probe, proxy } from './probe.ts';
import { command, counts, type Pulse, pulseState } from './pulse.ts';

const entry = {
  id: z.string().describe('`prb_…`'),
  customerId: z.string(),
  name: z.string(),
  state: pulseState.describe(
    'CREATED: never enrolled. PENDING: enrolled, waits for approval. UP, DOWN: heard, or silent for too long. REVOKED: its key pairs are out. RETIRED: gone for good',
  ),
  seenAt: z.string().nullable().describe('When it was heard last'),
  downSince: z.string().nullable(),
  clonedAt: z.string().nullable().describe('When its key pair was seen on a second machine'),
  createdAt: z.string(),
};

export const probeSummary = z.strictObject({
  ...entry,
  counts: counts.describe('What it counted last, by resource type'),
});

export const probeView = z.strictObject({
  ...entry,
  proxy: proxy.nullable(),
  nat: nat.nullable(),
  changedAt: z.string(),
  retiredAt: z.string().nullable(),
  operationId: z.string().nullable().describe('Once retired: the work that deletes its items'),
  outages: z.int().describe('How often it has been down'),
  generation: z.int().describe('Counts its key pairs; 0: never enrolled'),
  host: z.string().nullable().describe('What its agent says of the machine that it runs on'),
  agentVersion: z.string().nullable().describe('What its agent says of itself; null: nothing yet'),
  enrolmentUntil: z
    .string()
    .nullable()
    .describe('Until when its enrolment key may be redeemed; null: it has none'),
  configVersion: z.int(),
  commands: z.array(command).describe('What waits for its agent'),
  usage: z.strictObject({
    sequence: z.int().describe('Number of the last report since its agent enrolled; 0: none yet'),
    counts,
    countedAt: z.string().nullable(),
  }),
  inventory: z.strictObject({
    sequence: z.int().describe('Number of the last report since its agent enrolled; 0: none yet'),
    complete: z.boolean().describe('False: a part of it is still to be applied'),
  }),
});

/** A probe as it is set up, with its pulse. */
export interface Sight {
  readonly probe: Probe;
  readonly pulse: Pulse;
}

const viewEntry = ({ probe, pulse }: Sight): z.infer<z.ZodObject<typeof entry>> => ({
  id: probe.id,
  customerId: probe.customerId,
  name: probe.name,
  state: pulse.state,
  seenAt: pulse.seenAt ?? null,
  downSince: pulse.downSince ?? null,
  clonedAt: pulse.clonedAt ?? null,
  createdAt: probe.createdAt,
});

export const viewSummary = (sight: Sight): z.infer<typeof probeSummary> => ({
  ...viewEntry(sight),
  counts: sight.pulse.counts,
});

export function viewProbe(sight: Sight, now: string): z.infer<typeof probeView> {
  const { probe, pulse } = sight;
  const { enrolmentUntil: until } = pulse;
  return {
    ...viewEntry(sight),
    proxy: probe.proxy,
    nat: probe.nat,
    changedAt: probe.changedAt,
    retiredAt: probe.retiredAt,
    operationId: probe.operationId,
    outages: pulse.outages,
    generation: pulse.generation,
    host: pulse.host ?? null,
    agentVersion: pulse.agent ?? null,
    enrolmentUntil: until !== undefined && until > now ? until : null,
    configVersion: pulse.configVersion,
    commands: pulse.commands,
    usage: { sequence: pulse.usage, counts: pulse.counts, countedAt: pulse.countedAt ?? null },
    inventory: { sequence: pulse.inventory, complete: pulse.whole },
  };
}

/** A probe with the key that its agent enrols with. */
export const withKey = probeView.extend({
  enrolmentKey: z
    .string()
    .nullable()
    .describe('Shown once; null where the same request is sent again, and in a dry run'),
});

/** An answer that shows a key: what is kept of it for the same request sent again does not. */
export const shownOnce = (view: z.infer<typeof probeView>, enrolmentKey: string | null) => ({
  body: { ...view, enrolmentKey },
  kept: { ...view, enrolmentKey: null },
});
