import { randomUUID } from 'node:crypto';
import { found, oneSession } from '../functions/access/one-session.ts';
import { end } from '../lib/access/enter.ts';
import { sessionOver } from '../lib/access/problems.ts';
import { toNode } from '../lib/aws/auth.ts';
import { commit, get } from '../lib/aws/db.ts';
import { scan } from '../lib/aws/scan.ts';
import { settle } from '../lib/aws/settle.ts';
import { now } from '../lib/aws/world.ts';
import { platformId } from '../lib/kit/id.ts';
import { nodeKey, tenantOf } from '../lib/kit/keys.ts';
import type { Write } from '../lib/kit/plan.ts';
import { Problem } from '../lib/kit/problem.ts';
import { settleDelivery, toDelivery } from '../lib/notifications/delivery.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What a restored table holds that the world has gone beyond since. */
export interface Behind {
  /** Mails that were still to be sent at that moment: most of them have been. */
  readonly mails: readonly Stored[];
  /** Sessions that were open or waited: somebody may have ended them since. */
  readonly sessions: readonly Stored[];
  /** By kind, what lets somebody in and may have been used or revoked since. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/** Kinds of items that are a way in, and the state in which they are one. */
const ways: Readonly<Record<string, (item: Stored) => boolean>> = {
  import: ({ state }) => state === 'PENDING',
  installationPackage: ({ revokedAt }) => revokedAt === null || revokedAt === undefined,
  pulse: ({ state }) => state === 'CREATED' || state === 'PENDING',
  licenceKey: ({ redeemedAt, revokedAt }) => !redeemedAt && !revokedAt,
};

/** Reads the whole table. */
export async function behind(): Promise<Behind> {
  const mails: Stored[] = [];
  const sessions: Stored[] = [];
  const keys: Record<string, string[]> = {};
  await scan((item) => {
    const kind = String(item.kind);
    if (kind === 'delivery' && item.state === 'PENDING') mails.push(item);
    else if (kind === 'accessSession' && (item.state === 'OPEN' || item.state === 'AWAITING'))
      sessions.push(item);
    else if (ways[kind]?.(item))
      keys[kind] = [...(keys[kind] ?? []), `${tenantOf(item as never)} ${item.id}`];
  });
  return { mails, sessions, keys };
}

/**
 * Sees to it that nothing of before the restore happens twice or comes back to life: mails that were to be sent are given
 * up (anybody may resend them), sessions end. Each is one change, and none keeps the others from theirs: answers what
 * could not be done and why. Run again it does what is left.
 */
export async function settleRestore({ mails, sessions }: Behind): Promise<string[]> {
  const left: string[] = [];
  const attempt = async ({ PK, SK }: Stored, act: () => Promise<void>) => {
    await act().catch((error: Error) => left.push(`${PK} ${SK}: ${error.message}`));
  };
  for (const item of mails) await attempt(item, () => write([givenUp(item)]));
  for (const item of sessions) await attempt(item, () => endSession(item));
  return left;
}

function givenUp(item: Stored): Write {
  const current = toDelivery(item);
  if (current.state !== 'PENDING') throw new Error(`${item.PK} ${item.SK} is not pending`);
  const outcome = {
    state: 'FAILED',
    reason: 'The table was restored: it may have been sent before',
  } as const;
  return settleDelivery(tenantOf(item as never), current, { outcome, now: now() }).write;
}

async function endSession(item: Stored): Promise<void> {
  const customerId = tenantOf(item as never);
  const [opened, node] = await Promise.all([
    oneSession(customerId, String(item.id)),
    get(nodeKey(customerId), true),
  ]);
  const target = toNode(node);
  if (!target) return;
  const at = now();
  const actor = { id: 'ops', kind: 'operator', home: platformId } as const;
  try {
    const plan = end(found(opened), { actor, target, home: target } as never, at);
    await write(settle(plan, { actor, target, now: at, requestId: randomUUID() }));
  } catch (error) {
    // Its minutes have passed: nobody is in.
    if (!(error instanceof Problem && error.type === sessionOver)) throw error;
  }
}

const write = (writes: readonly Write[]) => commit(writes, randomUUID(), Date.now() + 10_000);

/** What was found, in words: counts and ids. */
export function sayBehind({ mails, sessions, keys }: Behind): string[] {
  return [
    `${mails.length} mails were still to be sent at that moment: given up, for they may have been sent since`,
    `${sessions.length} sessions in consoles were open: ended`,
    ...Object.entries(keys).map(
      ([kind, all]) =>
        `${all.length} of ${kind} let somebody in: ${all.slice(0, 5).join(', ')}${all.length > 5 ? ', …' : ''}`,
    ),
  ];
}
