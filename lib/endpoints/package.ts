import * as z from 'zod';
import { canonicalSha256, digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { defaultGroupId } from '../kit/id.ts';
import { packageKey } from '../kit/keys.ts';
import { type Item, type Plan, refuse } from '../kit/plan.ts';
import { notFound, Problem } from '../kit/problem.ts';
import { id, whole } from '../kit/text.ts';
import { packageChanged } from './console-events.ts';
import { groupUnknown, packageProductUnknown, packageRevoked } from './console-problems.ts';
import type { MachineGroup } from './group.ts';

const dayMs = 86_400_000;
const platform = z.enum(['WINDOWS', 'MACOS', 'LINUX', 'ANY']);

const stored = z.object({
  id: z.string(),
  groupId: z.string(),
  platform,
  productId: z.string(),
  tokenHash: z.string(),
  uses: z.number(),
  mostUses: z.number(),
  expiresAt: z.string(),
  state: z.enum(['ACTIVE', 'REVOKED']),
  madeBy: z.object({ id: z.string(), home: z.string() }),
  createdAt: z.string(),
  version: z.number(),
});

/** An installation package as it stands. `uses` is counted by whoever enrols a machine with it. */
export type InstallationPackage = z.infer<typeof stored>;
export const toPackage = (item: Readonly<Record<string, unknown>>): InstallationPackage => stored.parse(item);

/** What is known of a product where machines are to be enrolled for it. */
export const toPackageProduct = (item: Readonly<Record<string, unknown>>) =>
  z.object({ id: z.string(), code: z.string(), name: z.string() }).parse(item);
type Product = ReturnType<typeof toPackageProduct>;

export const newPackage = z.strictObject({
  groupId: id('machineGroup').default(defaultGroupId).describe('The default group where absent'),
  platform: platform.describe('ANY: machines of every platform'),
  productId: id('product').describe('Whose seat each machine takes'),
  mostUses: whole(1, 10_000).default(1).describe('Machines that may enrol with it'),
  validDays: whole(1, 90).default(14),
});

export const packageView = stored
  .omit({ tokenHash: true, version: true })
  .strict()
  .extend({
    id: z.string().describe('`pkg_…`'),
    state: z
      .enum(['ACTIVE', 'USED_UP', 'EXPIRED', 'REVOKED'])
      .describe('By the clock at the time of reading; only an ACTIVE one enrols machines'),
    madeBy: z.strictObject({ id: z.string(), home: z.string() }).describe('The person, and where it belongs'),
  });
export const packageShown = packageView.extend({
  token: z.string().optional().describe('Shown once; absent when the same request is sent again'),
});

export function viewPackage(
  { tokenHash: _, version: __, ...one }: InstallationPackage,
  now: string,
): z.infer<typeof packageView> {
  if (one.state === 'REVOKED') return one;
  return {
    ...one,
    state: one.expiresAt <= now ? 'EXPIRED' : one.uses >= one.mostUses ? 'USED_UP' : 'ACTIVE',
  };
}

/** A token says where its package stands; `secret` (32 random bytes) makes it right. */
export const packageTokenText = (customerId: string, packageId: string, secret: string) =>
  `qpk.${customerId}.${packageId}.${secret}`;
export const packageTokenHash = (token: string): string => digest('package', token);

const packageItem = (customerId: string, one: InstallationPackage): Item & { version: number } => ({
  ...packageKey(customerId, one.id),
  kind: 'installationPackage',
  ...one,
});

const tell = (
  { id, groupId, platform, productId, expiresAt }: InstallationPackage,
  change: 'ADDED' | 'REVOKED',
) => [announce(packageChanged, id, { change, groupId, platform, productId, expiresAt })];

const wrong = (type: typeof groupUnknown | typeof packageProductUnknown, field: string, message: string) =>
  new Problem(type, undefined, { errors: [{ pointer: `#/${field}`, message }] });

/** Makes a package; only its token's hash is kept. */
export function makePackage(
  command: z.output<typeof newPackage>,
  found: { group: MachineGroup | undefined; product: Product | undefined },
  made: { customerId: string; id: string; now: string; secret: string; by: { id: string; home: string } },
): Plan<z.infer<typeof packageShown>> {
  const { customerId, id: packageId, now } = made;
  if (!found.group) throw wrong(groupUnknown, 'groupId', 'is no group of the customer');
  if (!found.product) throw wrong(packageProductUnknown, 'productId', 'names no product');
  const { groupId, platform, productId, mostUses, validDays } = command;
  const token = packageTokenText(customerId, packageId, made.secret);
  const added: InstallationPackage = {
    ...{ id: packageId, groupId, platform, productId, tokenHash: packageTokenHash(token) },
    ...{ uses: 0, mostUses, expiresAt: new Date(Date.parse(now) + validDays * dayMs).toISOString() },
    ...{ state: 'ACTIVE', madeBy: { id: made.by.id, home: made.by.home }, createdAt: now, version: 1 },
  };
  const view = viewPackage(added, now);
  return {
    writes: [{ do: 'create', item: packageItem(customerId, added) }],
    receipt: { action: 'packages.add', subject: packageId, after: view },
    announcements: tell(added, 'ADDED'),
    reply: {
      body: { ...view, token },
      kept: view,
      location: `/v1/customers/${customerId}/packages/${packageId}/manifest`,
    },
  };
}

/** No machine enrols with it any more; those that did stay. Uses are counted past the version: what they count stays. */
export function revokePackage(
  customerId: string,
  found: InstallationPackage | undefined,
  now: string,
): Plan<z.infer<typeof packageView>> {
  if (!found) return refuse(notFound);
  if (found.state === 'REVOKED') refuse(packageRevoked);
  const after: InstallationPackage = { ...found, state: 'REVOKED' };
  return {
    writes: [
      {
        do: 'amend',
        key: packageKey(customerId, found.id),
        set: { state: 'REVOKED' },
        where: { state: found.state },
      },
    ],
    receipt: {
      action: 'packages.revoke',
      subject: found.id,
      before: { state: found.state },
      after: { state: after.state },
    },
    announcements: tell(after, 'REVOKED'),
    reply: { body: viewPackage(after, now) },
  };
}

/** What an installer is given besides the token, which is never in it. */
export const manifest = z.strictObject({
  schema: z.literal(1),
  packageId: z.string(),
  customerId: z.string(),
  product: z.strictObject({ id: z.string(), code: z.string().nullable(), name: z.string().nullable() }),
  group: z.strictObject({ id: z.string(), name: z.string() }),
  platform,
  mostUses: z.number(),
  expiresAt: z.string(),
  paths: z
    .record(z.string(), z.string())
    .describe('Of the calls of machines, below the address for agents that your operator gives you'),
  sha256: z
    .string()
    .describe(
      'Hexadecimal; of the rest of this document as JSON with the names of every object in order and no spaces',
    ),
});

const paths = Object.fromEntries(
  ['enrol', 'heartbeat', 'inventory', 'policy', 'rotate'].map((call) => [call, `/v1/machine/${call}`]),
);

export function describePackage(
  customerId: string,
  of: { found: InstallationPackage; product: Product | undefined; group: MachineGroup },
): z.infer<typeof manifest> {
  const { found, product, group } = of;
  const said = {
    ...{ schema: 1 as const, packageId: found.id, customerId, platform: found.platform },
    product: { id: found.productId, code: product?.code ?? null, name: product?.name ?? null },
    group: { id: group.id, name: group.name },
    ...{ mostUses: found.mostUses, expiresAt: found.expiresAt, paths },
  };
  return { ...said, sha256: canonicalSha256(said) };
}
