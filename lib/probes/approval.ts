import * as z from 'zod';
import { type Key, settingsKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, type Write } from '../kit/plan.ts';

export const approvalMode = z
  .enum(['AUTOMATIC', 'MANUAL', 'REJECT'])
  .describe(
    'What becomes of an agent that enrols. AUTOMATIC: it is let in. MANUAL: it waits for somebody to approve it. REJECT: it is refused, and its enrolment key can still be redeemed once that has changed',
  );
export type ApprovalMode = z.infer<typeof approvalMode>;

export const approval = z.strictObject({ mode: approvalMode });
export const approvalView = approval.extend({
  changedAt: z.string().nullable().describe('null: never set, the default'),
});

/** How a customer lets agents in. */
export interface Approval {
  readonly mode: ApprovalMode;
  readonly changedAt: string | null;
  /** 0: never set. */
  readonly version: number;
}

export const approvalKey = (customerId: string): Key => settingsKey(customerId, 'PROBE_APPROVAL');

const stored = z.object({ mode: approvalMode, changedAt: z.string(), version: z.number() });

export function toApproval(item: Readonly<Record<string, unknown>> | undefined): Approval {
  return item ? stored.parse(item) : { mode: 'AUTOMATIC', changedAt: null, version: 0 };
}

/** Holds a decision to how agents are let in: it is made again where that has changed. */
export const approvalHolds = (customerId: string, { version }: Approval): Write => ({
  do: 'check',
  key: approvalKey(customerId),
  version: version || null,
});

export const viewApproval = ({ mode, changedAt }: Approval) => ({ mode, changedAt });

/** Sets how agents are let in from now on; who waits already goes on waiting. */
export function setApproval(
  customerId: string,
  before: Approval,
  command: { mode: ApprovalMode; now: string; ifMatch: string | undefined },
): Plan<z.input<typeof approvalView>> {
  expectVersion(command.ifMatch, before.version);
  const after = { mode: command.mode, changedAt: command.now, version: before.version + 1 };
  const item = { ...approvalKey(customerId), kind: 'probeApproval', ...after };
  return {
    writes: [
      before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version },
    ],
    receipt: {
      action: 'probes.set_approval',
      subject: customerId,
      ...difference({ mode: before.mode }, { mode: after.mode }),
    },
    reply: { body: viewApproval(after), version: after.version },
  };
}
