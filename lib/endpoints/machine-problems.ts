import { problem } from '../kit/problem.ts';

export const noSeat = problem({
  code: 'endpoints.no_seat',
  status: 409,
  title: 'The customer has no seat left for this machine',
});
export const wrongPlatform = problem({
  code: 'endpoints.wrong_platform',
  status: 409,
  title: 'The installation package is for another platform',
});
export const keyPairUsed = problem({
  code: 'agent.key_pair_used',
  status: 422,
  title: 'This key pair was used before: make another one',
});
