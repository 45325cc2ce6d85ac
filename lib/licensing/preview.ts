import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { percentOf } from '../kit/percent.ts';
import type { Plan } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { render } from '../kit/template.ts';
import { whole } from '../kit/text.ts';
import { type Account, meterOf } from './account.ts';
import { type NoticeValues, testNoticeRequested } from './events.ts';
import { message, subject, wordsOf } from './notification.ts';
import { resourceType } from './resource.ts';

/** What to render: texts not yet saved, or those in force; by sample values, or those of a resource type now. */
export const newPreview = z.strictObject({
  subject: subject.optional().describe('Absent: the one in force'),
  message: message.optional().describe('Absent: the one in force'),
  resourceType: resourceType.optional().describe('Use its present values; absent: sample values'),
  threshold: whole(1, 200).default(80),
});

export const preview = z.strictObject({
  subject: z.string(),
  message: z.string(),
  values: z.enum(['SAMPLE', 'CURRENT']),
});
type Preview = z.infer<typeof preview>;

/** Subject and message as they would be mailed. */
export function previewNotice(
  of: { account: Account; node: Node },
  command: z.output<typeof newPreview>,
  now: string,
): Preview {
  const words = wordsOf(of.account);
  const values = valuesOf(of, command, now);
  return {
    subject: render(command.subject ?? words.subject, values),
    message: render(command.message ?? words.message, values),
    values: command.resourceType ? 'CURRENT' : 'SAMPLE',
  };
}

/** Has the preview mailed to the caller alone. */
export function sendToMe(
  of: { account: Account; node: Node },
  command: z.output<typeof newPreview>,
  by: { personId: string; now: string },
): Plan<Preview> {
  const body = previewNotice(of, command, by.now);
  const { node } = of;
  const { accountManagerEmail: _withheld, ...values } = valuesOf(of, command, by.now);
  return {
    writes: [],
    receipt: { action: 'licensing.send_test_notice', subject: node.id, after: { personId: by.personId } },
    announcements: [
      announce(testNoticeRequested, node.id, {
        personId: by.personId,
        ...wordsOf(of.account),
        ...textsOf(command),
        values,
      }),
    ],
    reply: { body },
  };
}

/** The texts that are tried out, of those that were sent. */
function textsOf({ subject, message }: z.output<typeof newPreview>) {
  return { ...(subject === undefined ? {} : { subject }), ...(message === undefined ? {} : { message }) };
}

function valuesOf(
  { account, node }: { account: Account; node: Node },
  { resourceType: type, threshold }: z.output<typeof newPreview>,
  now: string,
): NoticeValues {
  const { used, limit } = type ? meterOf(account, type) : { used: 80, limit: 100 };
  return {
    customerName: node.name,
    accountManagerEmail: String(node.item.accountManagerEmail ?? ''),
    resourceType: type ?? 'DEVICE',
    allocated: limit === null ? 'unlimited' : String(limit),
    used: String(used),
    remaining: limit === null ? 'unlimited' : String(Math.max(0, limit - used)),
    usedPercent: limit === null ? '0' : String(percentOf(used, limit)),
    threshold: String(threshold),
    time: now,
  };
}
