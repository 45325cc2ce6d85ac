import { problem } from '../kit/problem.ts';

export const notFailed = problem({
  code: 'provisioning.not_failed',
  status: 409,
  title: 'Only a failed request can be retried',
});
export const notHanging = problem({
  code: 'provisioning.not_hanging',
  status: 409,
  title: 'Only a request that has stood still for more than 30 minutes can be reset',
});
