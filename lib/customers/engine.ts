import * as z from 'zod';
import type { Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { type Customer, restated } from './profile.ts';

const asked = z.object({ what: z.string(), version: z.number(), failed: z.boolean().optional() });

/**
 * What the provisioning engine was asked for and has not done, each kind by itself: one request does not make another
 * forgotten. The status that callers see follows from it.
 */
const engine = z.object({
  /** What the last of `provision` and `deprovision` that ended well has made of the customer. */
  reached: z.enum(['Provisioned', 'NotProvisioned']),
  /** Something was edited since the last `provision` was asked for. */
  edited: z.boolean(),
  requested: asked.optional(),
  switched: asked.optional(),
  moved: asked.optional(),
});
export type Engine = z.infer<typeof engine>;
type Slot = 'requested' | 'switched' | 'moved';

const slots: Readonly<Record<string, Slot>> = {
  provision: 'requested',
  deprovision: 'requested',
  disable: 'switched',
  enable: 'switched',
  move: 'moved',
};

/** What is stored of it; a profile that has never met the engine has a status alone. */
export function engineOf({ engine: stored, status }: Readonly<Record<string, unknown>>): Engine {
  if (stored !== undefined) return engine.parse(stored);
  const reached = status === 'Provisioned' || status === 'Pending' ? 'Provisioned' : 'NotProvisioned';
  const failed = status === 'Failed' ? { requested: { what: 'provision', version: 0, failed: true } } : {};
  return { reached, edited: status === 'Pending', ...failed };
}

export function statusOf({ reached, edited, requested, switched, moved }: Engine): Customer['status'] {
  if (requested && !requested.failed) return 'Requested';
  if (requested?.failed || switched?.failed || moved?.failed) return 'Failed';
  if (reached === 'NotProvisioned') return 'NotProvisioned';
  return edited || moved ? 'Pending' : 'Provisioned';
}

/** What was asked for at a version of the profile. Whoever provisions or deprovisions has all that failed done anew. */
export function ask(before: Engine, what: string, version: number): Engine {
  const slot = slots[what] ?? 'requested';
  const { switched, moved, ...rest } = before;
  const open = slot === 'requested' ? unfailed({ switched, moved }) : { switched, moved };
  const edited = what === 'provision' ? false : before.edited;
  return { ...rest, ...open, edited, [slot]: { what, version } };
}

const unfailed = ({ switched, moved }: Pick<Engine, 'switched' | 'moved'>) => ({
  switched: switched?.failed ? undefined : switched,
  moved: moved?.failed ? undefined : moved,
});

/** Takes over how a request has ended; undefined where another of its kind has overtaken it. A failed one may be retried. */
export function answer(
  before: Engine,
  { what, version, status }: { what: string; version: number; status: string },
): Engine | undefined {
  const slot = slots[what];
  const open = slot && before[slot];
  if (!open || open.version !== version || open.what !== what) return undefined;
  if (status === 'Failed') return { ...before, [slot]: { ...open, failed: true } };
  const reached =
    slot === 'requested' ? (what === 'provision' ? 'Provisioned' : 'NotProvisioned') : undefined;
  return { ...before, ...(reached ? { reached } : {}), [slot]: undefined };
}

/** What was provisioned waits for the next provisioning once it is edited. */
export const edit = (before: Engine): Engine => ({
  ...before,
  edited: before.reached === 'Provisioned' || before.requested !== undefined,
});

/** The stored profile with other values, and what the engine has to do with it. */
export function engaged(
  node: Node,
  value: Customer,
  { engine: next, path }: { engine: Engine; path?: readonly string[] | undefined },
): { stored: Extract<Write, { do: 'replace' }>; after: Customer } {
  const after: Customer = { ...value, status: statusOf(next) };
  const stored = restated(node, after, path);
  return { stored: { ...stored, item: { ...stored.item, engine: next } }, after };
}

/** The stored profile as edited. */
export const edited = (node: Node, value: Customer) =>
  engaged(node, value, { engine: edit(engineOf(node.item)) });
