import { problem } from '../kit/problem.ts';

export const importEnded = problem({
  code: 'imports.ended',
  status: 409,
  title: 'The import has been confirmed, declined or cancelled, or its time is over',
});
export const tooManyImports = problem({
  code: 'imports.too_many_pending',
  status: 409,
  title: 'At most 50 imports wait for an answer at once; cancel some or wait',
});
export const resentTooSoon = problem({
  code: 'imports.resent_too_soon',
  status: 429,
  title: 'An import is sent again once in ten minutes at most',
  retryable: true,
});
export const resentTooOften = problem({
  code: 'imports.resent_too_often',
  status: 409,
  title: 'An import is sent again five times at most',
});
export const removeFirst = problem({
  code: 'imports.remove_first',
  status: 409,
  title: 'Another partner looks after this account; it must remove it first',
});
export const nobodyToLeave = problem({
  code: 'imports.nobody_to_leave',
  status: 409,
  title: 'No other partner looks after this account: confirm or decline',
});
export const cannotLink = problem({
  code: 'imports.cannot_link',
  status: 409,
  title: 'The partner cannot take over this account at the moment; ask it what stands in the way',
});
