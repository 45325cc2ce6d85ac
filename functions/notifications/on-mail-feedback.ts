import { count } from '../../lib/aws/metrics.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { feedback, feedbackTypes, hear, isOurs, namedBy } from '../../lib/notifications/feedback.ts';
import { spokenOf } from '../../lib/notifications/store.ts';
import { asNotifications } from './as-notifications.ts';

export const onMailFeedback = subscriber({
  id: 'on-mail-feedback',
  on: { source: 'aws.ses', detailTypes: feedbackTypes },
  impact: 'Nobody learns that a notice bounced, and mail goes on to addresses that do not want it.',
  handle: async (envelope) => {
    const parsed = feedback.safeParse(envelope.data);
    if (!parsed.success) return count('MailFeedbackIgnored');
    const { data: said } = parsed;
    const named = namedBy(said);
    const told = () =>
      react(envelope, async (now) => {
        const { delivery, isSuppressed, node } = await spokenOf(named);
        if (!delivery || !isOurs(delivery, said)) {
          count('MailFeedbackIgnored');
          return undefined;
        }
        const state = { tenantId: named.tenantId, delivery, isSuppressed };
        const plan = hear(state, { type: envelope.type, said, now });
        return plan.writes.length > 0 ? asNotifications(plan, node) : undefined;
      });
    await forTenant(named.tenantId, told);
  },
});
