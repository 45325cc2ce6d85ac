import type { Context } from '../../lib/kit/context.ts';
import { agentProblems, type ProblemType, shellProblems } from '../../lib/kit/problem.ts';

/** One row of the page of problems. */
export type ProblemRow = Pick<ProblemType, 'code' | 'status' | 'title'> & {
  readonly retryable: boolean;
  /** Operations that may answer it; empty for what any operation may answer. */
  readonly operations: readonly string[];
};

/** Every problem that the given contexts may answer, once each, by code. */
export function problemsOf(contexts: readonly Context[]): readonly ProblemRow[] {
  const rows = new Map<string, ProblemRow>();
  const add = ({ code, status, title, retryable = false }: ProblemType, operation?: string) => {
    const operations = [...(rows.get(code)?.operations ?? []), ...(operation ? [operation] : [])];
    rows.set(code, { code, status, title, retryable, operations });
  };
  for (const { routes, agent } of contexts)
    for (const { id, refuses } of [...routes, ...(agent?.routes ?? [])])
      for (const type of refuses) add(type, id);
  const known = new Set<string>(shellProblems.map(({ code }) => code));
  if (contexts.some(({ agent }) => agent))
    for (const type of agentProblems.filter(({ code }) => !known.has(code)))
      rows.set(type.code, { ...row(type), operations: ['agents'] });
  for (const type of shellProblems) rows.set(type.code, { ...row(type), operations: [] });
  return [...rows.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function row({ code, status, title, retryable = false }: ProblemType) {
  return { code, status, title, retryable };
}
