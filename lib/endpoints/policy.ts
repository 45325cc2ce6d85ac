import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { nameEntry, policyKey, policyVersionKey, uniqueKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, name } from '../kit/text.ts';
import { policyNameTaken } from './console-problems.ts';
import { lineUp, type MachineGroup } from './group.ts';
import { builtInDocument, policyDocument } from './policy-document.ts';

export const mostPolicies = 100;
/** Versions of a policy that are kept, the one in force among them. */
export const keptVersions = 50;

const stored = z.object({
  id: z.string(),
  name: z.string(),
  document: policyDocument,
  assigned: z.number(),
  version: z.number(),
  createdAt: z.string(),
  changedAt: z.string(),
  changedBy: z.string(),
});

/** A policy as it is in force. `assigned` is counted by whoever gives it to a group, past the version. */
export type Policy = z.infer<typeof stored>;
export const toPolicy = (item: Readonly<Record<string, unknown>>): Policy => stored.parse(item);

const versioned = stored.pick({
  name: true,
  document: true,
  version: true,
  changedAt: true,
  changedBy: true,
});
export type PolicyVersion = z.infer<typeof versioned>;
export const toVersion = (item: Readonly<Record<string, unknown>>): PolicyVersion => versioned.parse(item);

export const policyContent = z.strictObject({ name: name(64), document: policyDocument });

export const policyView = stored.strict().extend({
  id: z.string().describe('`pol_…`'),
  assigned: z.number().describe('Groups that are given it themselves'),
  version: z.number().describe('What the ETag says'),
  changedBy: z.string().describe('Whose version this is'),
});
export const policyVersionView = versioned.strict();

/** What a list shows, from the index. */
export const policySummary = z.strictObject({ id: z.string(), name: z.string(), createdAt: z.string() });
export const summarizePolicy = ({ id, name, at }: Readonly<Record<string, unknown>>) =>
  policySummary.parse({ id, name, createdAt: at });

export function policyItem(customerId: string, policy: Policy): Item & { version: number } {
  return {
    ...policyKey(customerId, policy.id),
    ...policyPlace(customerId, policy),
    kind: 'policy',
    ...policy,
    at: policy.createdAt,
  };
}

export const policyPlace = (customerId: string, { id, name }: Pick<Policy, 'id' | 'name'>) =>
  nameEntry(customerId, 'POLICY', foldName(name), id);

/** What stays of a version when the next one is in force. */
export const versionWrite = (customerId: string, policy: Policy): Write => ({
  do: 'create',
  item: {
    ...policyVersionKey(customerId, policy.id, policy.version),
    kind: 'policyVersion',
    policyId: policy.id,
    ...versioned.parse(policy),
  },
});

export const policyNameKey = (customerId: string, name: string) =>
  uniqueKey(customerId, 'POLICY_NAME', digest('policy', foldName(name)));

/** Takes a name and gives the one before back. */
export function exchangeName(
  customerId: string,
  policyId: string,
  change: { before: string | null; after: string | null },
): Write[] {
  const [before, after] = [change.before, change.after].map((one) => one && policyNameKey(customerId, one));
  if (before && after && before.SK === after.SK) return [];
  const errors = [{ pointer: '#/name', message: 'is taken' }];
  const taken = new Problem(policyNameTaken, undefined, { errors });
  return [
    ...(after ? [{ do: 'create', item: { ...after, kind: 'unique', policyId }, taken } satisfies Write] : []),
    ...(before ? [{ do: 'remove', key: before } satisfies Write] : []),
  ];
}

/** The policy that a group has, and from where: the group itself, one above it, or nobody. */
export const effective = z.strictObject({
  policyId: z.string().nullable().describe('null: nobody gave any; the built-in document holds'),
  version: z.number().describe('0: built in'),
  groupId: z.string().nullable().describe('The group that it is given to: this one, or one above'),
});
export const effectiveDocument = effective.extend({ document: policyDocument });
export type EffectivePolicy = z.infer<typeof effectiveDocument>;

/** The nearest group, upwards from one, that is given a policy. */
export const givingGroup = (groups: readonly MachineGroup[], groupId: string): MachineGroup | undefined =>
  lineUp(groups, groupId).find(({ policyId }) => policyId !== null);

/** What holds for the machines of a group; those of a group that is there no more have what the default group has. */
export function effectivePolicy(
  groups: readonly MachineGroup[],
  policies: readonly Pick<Policy, 'id' | 'version' | 'document'>[],
  groupId: string,
): EffectivePolicy {
  const giving = givingGroup(groups, groupId);
  const found = policies.find(({ id }) => id === giving?.policyId);
  if (!giving || !found) return { policyId: null, version: 0, groupId: null, document: builtInDocument };
  return { policyId: found.id, version: found.version, groupId: giving.id, document: found.document };
}
