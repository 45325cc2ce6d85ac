import type { Write } from './plan.ts';
import { Problem } from './problem.ts';

/** The same refusal of a part of a larger body: its pointers are below `at`, which is named where it names no field. */
export function relocated(problem: Problem, at: string): Problem {
  const errors = problem.errors.map(({ pointer, message }) => ({
    pointer: pointer.startsWith('#/') ? `${at}${pointer.slice(1)}` : pointer,
    message,
  }));
  const named = errors.length > 0 ? errors : [{ pointer: at, message: problem.type.title }];
  return new Problem(problem.type, problem.detail, { data: problem.data, errors: named });
}

/** Decides about a part of a larger body, of which refusals speak by their place in the whole. */
export function decidedAt<T>(at: string, decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw error instanceof Problem ? relocated(error, at) : error;
  }
}

/** Writes of such a part: what they refuse when they lose speaks in the same way. */
export const writtenAt = (at: string, writes: readonly Write[]): Write[] =>
  writes.map((write) => {
    if ((write.do === 'create' || write.do === 'vacant') && write.taken)
      return { ...write, taken: relocated(write.taken, at) };
    if ((write.do === 'adjust' || write.do === 'amend') && write.short)
      return { ...write, short: relocated(write.short, at) };
    return write;
  });
