import type * as z from 'zod';
import { announce } from '../kit/event.ts';
import { policyKey, policyVersionKey } from '../kit/keys.ts';
import { expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import { type Console, turnConsole } from './console.ts';
import { policyChanged } from './console-events.ts';
import { policyAssigned, tooManyPolicies } from './console-problems.ts';
import {
  exchangeName,
  keptVersions,
  mostPolicies,
  type Policy,
  type policyContent,
  policyItem,
  policyPlace,
  type policyView,
  versionWrite,
} from './policy.ts';

type Content = z.output<typeof policyContent>;
type View = z.infer<typeof policyView>;
interface Made {
  readonly by: string;
  readonly now: string;
}

const tell = ({ id, name, version }: Policy, change: 'ADDED' | 'CHANGED' | 'REMOVED') => [
  announce(policyChanged, id, { change, name, version }),
];

export function addPolicy(console: Console, content: Content, made: Made & { id: string }): Plan<View> {
  const { customerId } = console;
  if (console.policies >= mostPolicies) refuse(tooManyPolicies, undefined, { most: mostPolicies });
  const { id, by: changedBy, now } = made;
  const added: Policy = {
    ...{ id, ...content, assigned: 0, version: 1 },
    ...{ createdAt: now, changedAt: now, changedBy },
  };
  return {
    writes: [
      { do: 'create', item: policyItem(customerId, added) },
      versionWrite(customerId, added),
      turnConsole(console, { policies: 1 }),
      ...exchangeName(customerId, id, { before: null, after: added.name }),
    ],
    receipt: { action: 'policies.add', subject: id, after: { ...content } },
    announcements: tell(added, 'ADDED'),
    reply: { body: added, version: 1, location: `/v1/customers/${customerId}/policies/${id}` },
  };
}

/** Puts a new version in force. Groups are counted past the version: what they count stays. */
export function changePolicy(
  customerId: string,
  before: Policy | undefined,
  change: Made & { content: Content; ifMatch: string | undefined },
): Plan<View> {
  if (!before) return refuse(notFound);
  expectVersion(change.ifMatch, before.version);
  const { name, document } = change.content;
  const same = JSON.stringify([name, document]) === JSON.stringify([before.name, before.document]);
  if (same) return { writes: [], reply: { body: before, version: before.version } };
  const version = before.version + 1;
  const set = { name, document, version, changedAt: change.now, changedBy: change.by };
  const after: Policy = { ...before, ...set };
  const key = policyKey(customerId, before.id);
  return {
    writes: [
      {
        do: 'amend',
        key,
        set: { ...set, ...policyPlace(customerId, after) },
        where: { version: before.version },
      },
      versionWrite(customerId, after),
      ...forget(customerId, before.id, [version - keptVersions]),
      ...exchangeName(customerId, before.id, { before: before.name, after: name }),
    ],
    receipt: {
      action: 'policies.change',
      subject: before.id,
      before: sections(before, after),
      after: sections(after, before),
    },
    announcements: tell(after, 'CHANGED'),
    reply: { body: after, version },
  };
}

/** The name and the sections in which one differs from the other: what an audit entry needs, and not a document of 50 rules twice. */
function sections(one: Policy, other: Policy): Record<string, unknown> {
  const said = (of: Policy): Record<string, unknown> => ({
    name: of.name,
    version: of.version,
    ...of.document,
  });
  const others = said(other);
  return Object.fromEntries(
    Object.entries(said(one)).filter(
      ([part, value]) => JSON.stringify(value) !== JSON.stringify(others[part]),
    ),
  );
}

const forget = (customerId: string, policyId: string, versions: readonly number[]): Write[] =>
  versions
    .filter((one) => one > 0)
    .map((one) => ({ do: 'remove', key: policyVersionKey(customerId, policyId, one) }));

/** Deletes a policy that no group is given, with its versions. */
export function deletePolicy(
  console: Console,
  policy: Policy | undefined,
  ifMatch: string | undefined,
): Plan {
  if (!policy) return refuse(notFound);
  expectVersion(ifMatch, policy.version);
  const { id, name, version, assigned } = policy;
  if (assigned > 0) refuse(policyAssigned, undefined, { groups: assigned });
  const { customerId } = console;
  const oldest = Math.max(1, version - keptVersions + 1);
  const versions = Array.from({ length: version - oldest + 1 }, (_, index) => oldest + index);
  return {
    writes: [
      { do: 'remove', key: policyKey(customerId, id), version, where: { assigned: 0 } },
      ...forget(customerId, id, versions),
      turnConsole(console, { policies: -1 }),
      ...exchangeName(customerId, id, { before: name, after: null }),
    ],
    receipt: { action: 'policies.delete', subject: id, before: { name, version } },
    announcements: tell(policy, 'REMOVED'),
    reply: { status: 204 },
  };
}
