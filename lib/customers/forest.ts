import { forestKey } from '../kit/keys.ts';
import type { Move } from '../kit/move.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { tooManyDisabled } from './problems.ts';

/** What holds for a provider's whole tree, in one small item: every request of a customer's people reads it. */
export interface Forest {
  /** Ids of disabled resellers: all below them are refused. */
  readonly disabled: readonly string[];
  readonly version: number;
  /** How many subtrees have moved so far: pages of a subtree hold within one. */
  readonly epoch: number;
  /** The subtree that is on its way: one at a time. */
  readonly move: Move | undefined;
  /** The subtree that arrived last. */
  readonly arrived: Move | undefined;
}

const mostDisabled = 500;

export function toForest(item: Readonly<Record<string, unknown>> | undefined): Forest {
  return {
    disabled: (item?.disabled ?? []) as string[],
    version: Number(item?.version ?? 0),
    epoch: Number(item?.epoch ?? 0),
    move: item?.move as Move | undefined,
    arrived: item?.arrived as Move | undefined,
  };
}

/** The change that disables or enables a reseller for its whole subtree at once. */
export function mark(providerId: string, forest: Forest, change: { id: string; disabled: boolean }): Write[] {
  const { id } = change;
  if (forest.disabled.includes(id) === change.disabled) return [];
  const others = forest.disabled.filter((one) => one !== id);
  const disabled = change.disabled ? [...others, id] : others;
  if (change.disabled && disabled.length > mostDisabled) refuse(tooManyDisabled);
  return [grown(providerId, forest, { disabled })];
}

/** The change of what holds for the whole tree. */
export function grown(providerId: string, before: Forest, change: Partial<Forest>): Write {
  const item = {
    ...forestKey(providerId),
    kind: 'forest',
    ...before,
    ...change,
    version: before.version + 1,
  };
  return before.version === 0 ? { do: 'create', item } : { do: 'replace', version: before.version, item };
}

/** Binds a decision to the tree as it was seen. */
export const unchanged = (providerId: string, { version }: Forest): Write => ({
  do: 'check',
  key: forestKey(providerId),
  version: version === 0 ? null : version,
});
