import * as z from 'zod';
import { type ResourceType, resourceType } from '../licensing/resource.ts';

/** Seconds between heartbeats, unless an answer says otherwise. Source: domain.md §2.4.7. */
export const intervalSeconds = 60;
/** Silence after which a probe is down: three heartbeats missed. Source: semantics.md §9. */
export const silenceSeconds = 180;

/**
 * CREATED: never enrolled. PENDING: enrolled, waits for approval. UP ↔ DOWN. REVOKED: its key pairs are out; a new
 * enrolment key lets it in again. RETIRED: for ever; its items go.
 */
export const pulseState = z.enum(['CREATED', 'PENDING', 'UP', 'DOWN', 'REVOKED', 'RETIRED']);
export type PulseState = z.infer<typeof pulseState>;

export const counts = z.partialRecord(resourceType, z.number().int().min(0).max(1_000_000));
export type Counts = Partial<Record<ResourceType, number>>;

export const command = z.strictObject({
  id: z.string().describe('`cmd_…`'),
  kind: z
    .enum(['ROTATE', 'RESYNC', 'SCAN'])
    .describe('ROTATE: make a new key pair. RESYNC: report the whole inventory again. SCAN: look now.'),
  at: z.string(),
});
export type Command = z.infer<typeof command>;

const stored = z.object({
  id: z.string(),
  state: pulseState,
  /** 0 until it enrols. */
  generation: z.number(),
  /** The generation of the last enrolment: those since are its agent's own rotations. */
  enrolled: z.number().optional(),
  /** The generation before, while it still counts. */
  previous: z.number().optional(),
  previousKey: z.string().optional(),
  previousUntil: z.string().optional(),
  /** SHA-256 of the enrolment key that may be redeemed, until when; gone once redeemed. */
  enrolment: z.string().optional(),
  enrolmentUntil: z.string().optional(),
  /** What was redeemed last: the same agent may ask again when no answer came. */
  redeemed: z.string().optional(),
  /** Of the present generation. */
  publicKey: z.string().optional(),
  /** Enrolments refused since the key was made. */
  refusals: z.number(),
  host: z.string().optional(),
  /** Version of the agent, as it says. */
  agent: z.string().optional(),
  /** The highest count that was heard, and its mark. */
  count: z.number(),
  mark: z.string().optional(),
  seenAt: z.string().optional(),
  /** When it went down, and whether people were told. */
  downSince: z.string().optional(),
  told: z.boolean().optional(),
  outages: z.number(),
  clonedAt: z.string().optional(),
  /** Calls with a lower count and another mark, within the hour since. */
  strays: z.number().optional(),
  straysSince: z.string().optional(),
  configVersion: z.number(),
  commands: z.array(command),
  /** Counts the changes of `commands`: who changes them is bound to it. */
  commandsVersion: z.number(),
  /** The last usage report: its number, what it counted, when it came, on which day. */
  usage: z.number(),
  counts,
  countedAt: z.string().optional(),
  day: z.string().optional(),
  /** The inventory report that is being applied or was last: its number, parts applied, its hash, whether all are. */
  inventory: z.number(),
  parts: z.number(),
  inventoryHash: z.string().optional(),
  whole: z.boolean(),
  /** From when another inventory report has its time, in seconds since 1970: each part of one takes a second. */
  reportsFrom: z.number(),
  /** Items that it has reported and that are there. */
  items: z.number(),
  /** Once retired: when it is forgotten, in seconds since 1970. */
  expiresAt: z.number().optional(),
  /** What became of the items of the parts applied so far. */
  tally: z.object({ managed: z.number(), unmanaged: z.number(), gone: z.number() }).optional(),
});

/** What a probe's own calls change: one item below 1 KB, in no index. */
export interface Pulse extends z.infer<typeof stored> {
  readonly customerId: string;
}

export function toPulse(item: Readonly<Record<string, unknown>>, customerId: string): Pulse {
  return { ...stored.parse(item), customerId };
}

/** The pulse of a probe that was just added: nothing heard, nothing counted. */
export function newPulse(of: {
  id: string;
  customerId: string;
  enrolment: string;
  enrolmentUntil: string;
}): Pulse {
  return {
    ...of,
    state: 'CREATED',
    generation: 0,
    refusals: 0,
    count: 0,
    outages: 0,
    strays: 0,
    configVersion: 1,
    commands: [],
    commandsVersion: 0,
    usage: 0,
    counts: {},
    inventory: 0,
    parts: 0,
    whole: true,
    reportsFrom: 0,
    items: 0,
  };
}
