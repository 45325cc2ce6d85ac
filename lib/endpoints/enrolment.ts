import * as z from 'zod';
import { sameText } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { idPattern } from '../kit/id.ts';
import { packageKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { packageVoided } from './machine-events.ts';

/** Wrong secrets after which a package is void. */
export const mostRefusals = 5;

/** An installation package as whoever redeems its token needs it. */
const stored = z.object({
  id: z.string(),
  groupId: z.string(),
  platform: z.enum(['WINDOWS', 'MACOS', 'LINUX', 'ANY']),
  productId: z.string(),
  tokenHash: z.string(),
  uses: z.number(),
  mostUses: z.number(),
  expiresAt: z.string(),
  state: z.enum(['ACTIVE', 'REVOKED']),
  /** Wrong secrets so far. */
  refusals: z.number().default(0),
});

export interface Redeemable extends z.infer<typeof stored> {
  readonly customerId: string;
}

export const toRedeemable = (item: Readonly<Record<string, unknown>>, customerId: string): Redeemable => ({
  ...stored.parse(item),
  customerId,
});

/** Where a package's token says that it belongs; undefined where it is no such token at all. */
export function readPackageToken(token: string): { customerId: string; packageId: string } | undefined {
  const [word, customerId = '', packageId = '', secret = '', ...more] = token.split('.');
  const shaped =
    word === 'qpk' &&
    more.length === 0 &&
    idPattern('customer').test(customerId) &&
    idPattern('installationPackage').test(packageId) &&
    /^[\w-]{43}$/.test(secret);
  return shaped ? { customerId, packageId } : undefined;
}

export const isTokenOf = ({ tokenHash }: Redeemable, hash: string): boolean => sameText(tokenHash, hash);

/** True where its token still lets a machine in. */
export const mayRedeem = ({ state, expiresAt, uses, mostUses }: Redeemable, now: string): boolean =>
  state === 'ACTIVE' && expiresAt > now && uses < mostUses;

/** Uses the package once: exactly one of all who have seen this use may. */
export function redeem({ customerId, id, uses }: Redeemable): Write {
  return {
    do: 'amend',
    key: packageKey(customerId, id),
    set: { uses: uses + 1 },
    where: { uses, state: 'ACTIVE' },
  };
}

/** Counts a wrong secret of a package that still lets machines in; the last one that is counted voids it and is told. */
export function refuseToken(of: Redeemable): Pick<Plan, 'writes' | 'receipt' | 'announcements'> {
  const { customerId, id } = of;
  const refusals = of.refusals + 1;
  const key = packageKey(customerId, id);
  const where = { state: 'ACTIVE', refusals: of.refusals === 0 ? null : of.refusals };
  if (refusals < mostRefusals) return { writes: [{ do: 'amend', key, set: { refusals }, where }] };
  return {
    writes: [{ do: 'amend', key, set: { refusals, state: 'REVOKED' }, where }],
    receipt: {
      action: 'packages.void',
      subject: id,
      before: { state: 'ACTIVE' },
      after: { state: 'REVOKED', refusals },
    },
    announcements: [announce(packageVoided, id, { refusals })],
  };
}
