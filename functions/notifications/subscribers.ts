import type { Subscriber } from '../../lib/kit/context.ts';
import { onAccessChanged } from './on-access-changed.ts';
import { onAdministrationChanged } from './on-administration-changed.ts';
import { onAllocationRecovered } from './on-allocation-recovered.ts';
import { onAllocationThreshold } from './on-allocation-threshold.ts';
import { onApprovalWaiting } from './on-approval-waiting.ts';
import { onBalanceLow } from './on-balance-low.ts';
import { onBalanceRecovered } from './on-balance-recovered.ts';
import { onCustomerReleased } from './on-customer-released.ts';
import { onEnrolmentRefused } from './on-enrolment-refused.ts';
import { onImportAnswered } from './on-import-answered.ts';
import { onImportAsked } from './on-import-asked.ts';
import { onImportConfirmed } from './on-import-confirmed.ts';
import { onImportLinkVoid } from './on-import-link-void.ts';
import { onImportTried } from './on-import-tried.ts';
import { onLeaveWished } from './on-leave-wished.ts';
import { onMachineSuspected } from './on-machine-suspected.ts';
import { onMailFeedback } from './on-mail-feedback.ts';
import { onManagedCustomerAdded } from './on-managed-customer-added.ts';
import { onOverLimitChanged } from './on-over-limit-changed.ts';
import { onProbeAwaitingApproval } from './on-probe-awaiting-approval.ts';
import { onProbeCameBack } from './on-probe-came-back.ts';
import { onProbeCloned } from './on-probe-cloned.ts';
import { onProbeWentDown } from './on-probe-went-down.ts';
import { onRemovalFinished } from './on-removal-finished.ts';
import { onResendRequested } from './on-resend-requested.ts';
import { onSeatsCrossed } from './on-seats-crossed.ts';
import { onSeatsOverDeployed } from './on-seats-over-deployed.ts';
import { onSessionNoted } from './on-session-noted.ts';
import { onSubscriptionExpiring } from './on-subscription-expiring.ts';
import { onTestNoticeRequested } from './on-test-notice-requested.ts';
import { onTopUpStopped } from './on-top-up-stopped.ts';

export const subscribers: readonly Subscriber[] = [
  onAllocationThreshold,
  onAllocationRecovered,
  onOverLimitChanged,
  onBalanceLow,
  onBalanceRecovered,
  onTopUpStopped,
  onApprovalWaiting,
  onProbeWentDown,
  onProbeCameBack,
  onProbeCloned,
  onEnrolmentRefused,
  onProbeAwaitingApproval,
  onMachineSuspected,
  onSeatsCrossed,
  onSeatsOverDeployed,
  onSubscriptionExpiring,
  onImportAsked,
  onImportAnswered,
  onImportConfirmed,
  onImportLinkVoid,
  onImportTried,
  onLeaveWished,
  onManagedCustomerAdded,
  onRemovalFinished,
  onCustomerReleased,
  onAccessChanged,
  onSessionNoted,
  onAdministrationChanged,
  onTestNoticeRequested,
  onResendRequested,
  onMailFeedback,
];
