import { problem } from '../kit/problem.ts';

export const poolExhausted = problem({
  code: 'licensing.pool_exhausted',
  status: 409,
  title: 'The licence pool has too little left for this',
});
export const poolCommitted = problem({
  code: 'licensing.pool_committed',
  status: 409,
  title: 'More licences are allocated or in use than that',
});
export const limitBelowUse = problem({
  code: 'licensing.limit_below_use',
  status: 409,
  title: 'A limit would be below what is in use; `force=true` stops monitoring the newest items',
});
export const tooManyToUnmanage = problem({
  code: 'licensing.too_many_to_unmanage',
  status: 409,
  title: 'That would stop monitoring too many items at once; lower the limits in steps',
});
export const notAllocated = problem({
  code: 'licensing.not_allocated',
  status: 409,
  title: 'The customer shares the pool: there are no limits to be told about',
});
export const unknownItems = problem({
  code: 'licensing.unknown_items',
  status: 404,
  title: 'The customer has no such monitored items',
});
