import { forestKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { tooManyDisabled } from './problems.ts';

/** What holds for a provider's whole tree, in one small item: every request of a customer's people reads it. */
export interface Forest {
  /** Ids of disabled resellers: all below them are refused. */
  readonly disabled: readonly string[];
  readonly version: number;
}

const mostDisabled = 500;

export function toForest(item: Readonly<Record<string, unknown>> | undefined): Forest {
  return { disabled: (item?.disabled ?? []) as string[], version: Number(item?.version ?? 0) };
}

/** The change that disables or enables a reseller for its whole subtree at once. */
export function mark(providerId: string, forest: Forest, change: { id: string; disabled: boolean }): Write[] {
  const { id } = change;
  if (forest.disabled.includes(id) === change.disabled) return [];
  const others = forest.disabled.filter((one) => one !== id);
  const disabled = change.disabled ? [...others, id] : others;
  if (change.disabled && disabled.length > mostDisabled) refuse(tooManyDisabled);
  const item = { ...forestKey(providerId), kind: 'forest', disabled, version: forest.version + 1 };
  return [forest.version === 0 ? { do: 'create', item } : { do: 'replace', version: forest.version, item }];
}
