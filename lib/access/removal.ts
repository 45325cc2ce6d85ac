import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { managementKey, removalKey } from '../kit/keys.ts';
import { type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { endWithLink } from './grant.ts';
import { removalBlocked, removalChanged, removalDone, removalLapsed } from './removal-problems.ts';
import { consequences, type SignedReport, signedReport } from './removal-report.ts';

const lastsMs = 15 * 60_000;

export const newRemoval = z
  .strictObject({
    licences: z
      .enum(['return-to-pool', 'customer-buys'])
      .describe(
        'return-to-pool: your licences end at once; customer-buys: they run on until the deadline, by which the customer buys its own',
      ),
    deadline: z
      .int()
      .min(1)
      .max(60)
      .optional()
      .describe(
        'Days; with `customer-buys` alone. They end at midnight of that day in the customer’s time zone',
      ),
  })
  .refine(({ licences, deadline }) => (licences === 'customer-buys') === (deadline !== undefined), {
    path: ['deadline'],
    message: 'goes with `customer-buys`, and is needed there',
  });
export type NewRemoval = z.output<typeof newRemoval>;

const blocker = z.strictObject({
  code: z.string(),
  title: z.string(),
  count: z.int(),
  mend: z.string(),
});
export type Blocker = z.infer<typeof blocker>;

/** A plan of removal, and what came of it. */
export const removal = z.strictObject({
  id: z.string().describe('`rmv_…`'),
  customerId: z.string(),
  customerName: z.string(),
  licences: newRemoval.shape.licences,
  deadlineDays: z.int().nullable(),
  state: z
    .enum(['PLANNED', 'BLOCKED', 'LAPSED', 'RUNNING', 'READY'])
    .describe(
      'PLANNED: it can be executed; BLOCKED: see `blockers`; LAPSED: its time is over; RUNNING: the customer is gone, its probes are being shut out; READY: the report is there',
    ),
  createdAt: z.string(),
  expiresAt: z.string(),
  blockers: z.array(blocker).describe('What keeps it from being executed'),
  follows: consequences.describe('What follows when it is executed'),
  executedAt: z.string().nullable(),
  report: signedReport.nullable(),
});
export type RemovalView = z.infer<typeof removal>;

const stored = removal
  .omit({ state: true, expiresAt: true })
  .extend({
    partner: z.strictObject({ id: z.string(), name: z.string() }),
    /** Who looked after the customer, where that is somebody below who removed it. */
    parentId: z.string().nullable().default(null),
    personId: z.string().nullable(),
    lapsesAt: z.string(),
    fingerprint: z.string(),
    version: z.number(),
  })
  .strip();
export type Removal = z.infer<typeof stored>;

export const toRemoval = (item: Readonly<Record<string, unknown>>): Removal => stored.parse(item);

export const removalItem = (homeId: string, one: Removal): Item & { version: number } => ({
  ...removalKey(homeId, one.id),
  kind: 'removal',
  ...one,
});

function stateAt(one: Removal, now: string): RemovalView['state'] {
  if (one.report) return 'READY';
  if (one.executedAt !== null) return 'RUNNING';
  if (one.lapsesAt <= now) return 'LAPSED';
  return one.blockers.length > 0 ? 'BLOCKED' : 'PLANNED';
}

export function viewRemoval(one: Removal, now: string): RemovalView {
  const { partner: _, parentId: __, personId: ___, fingerprint: ____, ...shown } = one;
  const { version: _____, lapsesAt: expiresAt, ...rest } = shown;
  return { ...rest, expiresAt, state: stateAt(one, now) };
}

/** What a plan depends on, as one text: when any of it changes the plan counts no more. */
export const fingerprintOf = (facts: unknown): string => digest('removal', canonical(facts));

/** Keeps a plan: what blocks the removal, and what follows from it. */
export function planRemoval(
  command: NewRemoval,
  found: Pick<Removal, 'customerId' | 'customerName' | 'partner' | 'blockers' | 'follows' | 'fingerprint'>,
  made: { id: string; now: string; home: Node },
): Plan<RemovalView> {
  const one: Removal = {
    id: made.id,
    ...found,
    licences: command.licences,
    deadlineDays: command.deadline ?? null,
    parentId: null,
    personId: null,
    createdAt: made.now,
    lapsesAt: new Date(Date.parse(made.now) + lastsMs).toISOString(),
    executedAt: null,
    report: null,
    version: 1,
  };
  const { blockers, licences, deadlineDays } = one;
  return {
    writes: [{ do: 'create', item: removalItem(found.partner.id, one) }],
    // The customer is not told of what is only planned.
    aside: [
      {
        target: made.home,
        receipt: {
          action: 'removals.plan',
          subject: one.id,
          after: {
            customerId: one.customerId,
            licences,
            deadlineDays,
            blockers: blockers.map(({ code }) => code),
          },
        },
      },
    ],
    reply: { body: viewRemoval(one, made.now), version: 1, location: `/v1/removal-plans/${one.id}` },
  };
}

/** Refuses a plan that counts no more, or never did. `fingerprint`: of what is there now. */
export function mustCount(one: Removal, fingerprint: string, now: string): void {
  if (one.executedAt !== null) refuse(removalDone);
  if (one.lapsesAt <= now) refuse(removalLapsed, undefined, { expiresAt: one.lapsesAt });
  if (one.fingerprint !== fingerprint) refuse(removalChanged);
  const codes = one.blockers.map(({ code }) => code);
  if (codes.length > 0) refuse(removalBlocked, undefined, { blockers: codes });
}

/** The plan as it is while its consequences are carried out. */
export const begun = (one: Removal, by: { personId: string; parentId: string; now: string }): Removal => ({
  ...one,
  parentId: by.parentId === one.partner.id ? null : by.parentId,
  executedAt: by.now,
  personId: by.personId,
  version: one.version + 1,
});

/** The plan with its report: to be kept with the partner and with the customer. */
export const finished = (one: Removal, signed: SignedReport): Removal => ({
  ...one,
  report: signed,
  version: one.version + 1,
});

export const replaced = (ownerId: string, after: Removal): Write => ({
  do: 'replace',
  version: after.version - 1,
  item: removalItem(ownerId, after),
});

type Stored = Readonly<Record<string, unknown>> | undefined;

/** From now on the customer manages itself, is told of everything itself, and nobody of the partner's may enter. */
export function selfManaged(
  of: { customerId: string; providerId: string },
  { management, access }: { management: Stored; access: Stored },
): Write[] {
  const version = Number(management?.version ?? 0) + 1;
  const item = {
    ...managementKey(of.customerId),
    kind: 'management',
    managementType: 'CUSTOMER',
    communications: 'CUSTOMER_ONLY',
    version,
  };
  return [
    management ? { do: 'replace', item, version: version - 1 } : { do: 'create', item },
    ...endWithLink(of, access),
  ];
}
