import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { collaboratorGroupKey, type Key, uniqueKey } from '../kit/keys.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { canonicalEmail, email, foldName, name } from '../kit/text.ts';
import { count, type MspMode, rewrite } from './msp-mode.ts';
import { groupNameTaken, groupsRefused } from './problems.ts';

/** A group of people that end users add as collaborators. */
export const collaboratorGroup = z.strictObject({
  id: z.string().describe('`cgr_…`'),
  name: z.string(),
  members: z.array(z.string()).describe('E-mail addresses'),
  createdAt: z.string(),
});
export type CollaboratorGroup = z.infer<typeof collaboratorGroup>;

export const newCollaboratorGroup = z.strictObject({
  name: name(80),
  members: z
    .array(email)
    .max(50)
    .refine((list) => new Set(list.map(canonicalEmail)).size === list.length, 'names an address twice')
    .default([]),
});

/** Creates a collaborator group, which MSP mode excludes. */
export function gather(
  mode: MspMode,
  command: z.output<typeof newCollaboratorGroup>,
  made: { id: string; now: string },
): Plan<CollaboratorGroup> {
  if (mode.standing.state === 'ENABLED') refuse(groupsRefused);
  const added: CollaboratorGroup = { id: made.id, ...command, createdAt: made.now };
  const { providerId } = mode;
  return {
    writes: [
      {
        do: 'create',
        item: {
          ...collaboratorGroupKey(providerId, added.id),
          ...added,
          kind: 'collaboratorGroup',
          version: 1,
        },
      },
      {
        do: 'create',
        item: { ...groupNameKey(providerId, added.name), kind: 'unique' },
        taken: new Problem(groupNameTaken),
      },
      rewrite(count(mode, 'collaboratorGroups', 1)),
    ],
    receipt: { action: 'collaborator_groups.create', subject: added.id, after: auditable(added) },
    reply: { body: added, version: 1, location: `/v1/collaborator-groups/${added.id}` },
  };
}

/** Deletes a collaborator group and frees its name. */
export function disband(mode: MspMode, current: CollaboratorGroup): Plan {
  const { providerId } = mode;
  return {
    writes: [
      { do: 'remove', key: collaboratorGroupKey(providerId, current.id), version: 1 },
      { do: 'remove', key: groupNameKey(providerId, current.name) },
      rewrite(count(mode, 'collaboratorGroups', -1)),
    ],
    receipt: { action: 'collaborator_groups.delete', subject: current.id, before: auditable(current) },
    reply: { status: 204 },
  };
}

/** What an audit entry, which is kept for good, says of a group: how many people, not who. */
const auditable = ({ name, members, createdAt }: CollaboratorGroup) => ({
  name,
  members: members.length,
  createdAt,
});

const groupNameKey = (providerId: string, value: string): Key =>
  uniqueKey(providerId, 'COLLABORATORS', digest('name', foldName(value)));

export function toCollaboratorGroup({ id, name, members, createdAt }: Readonly<Record<string, unknown>>) {
  return collaboratorGroup.parse({ id, name, members, createdAt });
}
