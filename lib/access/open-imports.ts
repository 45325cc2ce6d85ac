import * as z from 'zod';
import { openImportsKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { tooManyImports } from './import-problems.ts';

export const mostOpen = 50;

/** The imports of a partner that wait for an answer, each with its end. */
export interface OpenImports {
  readonly open: readonly { readonly id: string; readonly endsAt: string }[];
  readonly version: number;
}

const stored = z.object({
  open: z.array(z.object({ id: z.string(), endsAt: z.string() })),
  version: z.number(),
});

export const toOpenImports = (item: Readonly<Record<string, unknown>> | undefined): OpenImports =>
  item ? stored.parse(item) : { open: [], version: 0 };

function keep(partnerId: string, before: OpenImports, open: OpenImports['open']): Write {
  const { version } = before;
  const item = { ...openImportsKey(partnerId), kind: 'openImports', open, version: version + 1 };
  return version === 0 ? { do: 'create', item } : { do: 'replace', item, version };
}

/** Counts an import among those that wait; those whose time is over count no more. */
export function countOpen(
  partnerId: string,
  before: OpenImports,
  one: { readonly id: string; readonly endsAt: string; readonly now: string },
): Write {
  const others = before.open.filter(({ id, endsAt }) => id !== one.id && endsAt > one.now);
  if (others.length >= mostOpen) refuse(tooManyImports);
  return keep(partnerId, before, [...others, { id: one.id, endsAt: one.endsAt }]);
}

/** An import waits no more. */
export const countEnded = (
  partnerId: string,
  before: OpenImports,
  one: { readonly id: string; readonly now: string },
): Write =>
  keep(
    partnerId,
    before,
    before.open.filter(({ id, endsAt }) => id !== one.id && endsAt > one.now),
  );
