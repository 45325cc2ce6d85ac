import { problem } from '../kit/problem.ts';

export const stillSending = problem({
  code: 'notices.still_sending',
  status: 409,
  title: 'This notice is still being sent',
  retryable: true,
});
export const noRecipients = problem({
  code: 'notices.no_recipients',
  status: 409,
  title: 'This notice had no recipient',
});
export const resentTooOften = problem({
  code: 'notices.resent_too_often',
  status: 409,
  title: 'This notice was sent as often as allowed',
});
