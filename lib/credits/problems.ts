import { problem } from '../kit/problem.ts';

export const creditsOff = problem({
  code: 'credits.system_off',
  status: 409,
  title: 'The credit system is switched off',
});
export const acknowledgementRequired = problem({
  code: 'credits.acknowledgement_required',
  status: 409,
  title: 'All cost data will be lost: send `acknowledgeCostDataLoss: true` to go on',
});
export const alreadySwitched = problem({
  code: 'credits.already_switched',
  status: 409,
  title: 'The credit system already is in this state',
});
export const mspModeOff = problem({
  code: 'credits.msp_mode_off',
  status: 409,
  title: 'MSP mode is not enabled',
});
export const insufficient = problem({
  code: 'credits.insufficient',
  status: 409,
  title: 'The balance would fall below zero, which this customer does not allow',
});
export const outOfBounds = problem({
  code: 'credits.out_of_bounds',
  status: 409,
  title: 'The balance would leave the range that we keep exactly',
});
export const notRefundable = problem({
  code: 'credits.not_refundable',
  status: 409,
  title: 'Only a debit can be refunded',
});
export const lineRequired = problem({
  code: 'credits.line_required',
  status: 409,
  title: 'This entry is a batch: name the line to refund',
});
export const alreadyRefunded = problem({
  code: 'credits.already_refunded',
  status: 409,
  title: 'This debit was refunded before',
});
export const requestReused = problem({
  code: 'credits.request_reused',
  status: 422,
  title: 'This requestId was used for another debit',
});
export const requestUnverifiable = problem({
  code: 'credits.request_unverifiable',
  status: 409,
  title:
    'Too much was written since this requestId was made to tell whether it was used: send an Idempotency-Key',
});
export const tooManyEntries = problem({
  code: 'credits.too_many_entries',
  status: 409,
  title: 'The period holds more entries than one file may: choose a shorter one',
});
export const alreadyExpired = problem({
  code: 'credits.already_expired',
  status: 409,
  title: 'Credits that expire must be good for a while: the hour has passed',
});
export const tooManyLots = problem({
  code: 'credits.too_many_lots',
  status: 409,
  title:
    'The balance is divided into as many expiries and priorities as it may: use one of them, or plain credits',
});
export const grantedDirectly = problem({
  code: 'credits.granted_directly',
  status: 409,
  title: 'Direct customers of the provider are granted credits; only a reseller hands on what it has',
});
export const transferExceeds = problem({
  code: 'credits.transfer_exceeds',
  status: 409,
  title: 'More than the reseller has',
});
export const reclaimExceeds = problem({
  code: 'credits.reclaim_exceeds',
  status: 409,
  title: 'More than the customer has left of what the reseller handed to it',
});
export const tooMuchConsumption = problem({
  code: 'credits.too_much_consumption',
  status: 409,
  title: 'More entries than one answer may sum up: ask for a part of the month with `from` and `to`',
});
