import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { companyGroupKey, type Key } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { foldName } from '../kit/text.ts';

/** Where a person stands: what the derived groups are made from. */
export interface Place {
  readonly companyId: string;
  readonly organization: string | null;
  readonly department: string | null;
}

/** A derived group: `Company`, `Company - Organization` or `Company - Organization - Department`. */
export const group = z.strictObject({
  name: z.string(),
  kind: z.enum(['COMPANY', 'ORGANIZATION', 'DEPARTMENT']),
  organization: z.string().nullable(),
  department: z.string().nullable(),
  members: z.int(),
});
export type Group = z.infer<typeof group>;

const hash = (name: string) => digest('group', foldName(name));

/** The groups that a person of this place is a member of, widest first. */
export function groupsOf({ companyId, organization, department }: Place): Place[] {
  return [
    { companyId, organization: null, department: null },
    ...(organization === null ? [] : [{ companyId, organization, department: null }]),
    ...(organization === null || department === null ? [] : [{ companyId, organization, department }]),
  ];
}

export function groupKey(providerId: string, { companyId, organization, department }: Place): Key {
  const names = [organization, department].filter((name) => name !== null);
  return companyGroupKey(providerId, companyId, names.map(hash));
}

/** Someone comes to (`by` 1) or leaves (`by` −1) a place. */
export interface Step {
  readonly place: Place;
  readonly by: 1 | -1;
}

/** Counts the steps in the counters of their groups, one write for each; `seen` holds the sort keys of those that exist. */
export function countMembers(providerId: string, steps: readonly Step[], seen: ReadonlySet<string>): Write[] {
  const counted = new Map<string, { key: Key; place: Place; by: number }>();
  for (const step of steps) {
    for (const place of groupsOf(step.place)) {
      const key = groupKey(providerId, place);
      const before = counted.get(key.SK);
      counted.set(key.SK, { key, place: before?.place ?? place, by: (before?.by ?? 0) + step.by });
    }
  }
  return [...counted.values()].filter(({ by }) => by !== 0).map((one) => count(one, seen));
}

// The company's own counter always exists: where it has gone, the company has, and the decision is made again.
function count({ key, place, by }: { key: Key; place: Place; by: number }, seen: ReadonlySet<string>): Write {
  return place.organization === null || seen.has(key.SK)
    ? { do: 'adjust', key, add: { members: by, version: 1 } }
    : { do: 'create', item: { ...key, ...place, kind: 'companyGroup', members: by, version: 1 } };
}

const stored = z.object({
  organization: z.string().nullish(),
  department: z.string().nullish(),
  members: z.number(),
});

/** A stored counter as a group of the company of this name. */
export function toGroup(item: Readonly<Record<string, unknown>>, companyName: string): Group {
  const { organization = null, department = null, members } = stored.parse(item);
  const names = [companyName, organization, department].filter((name) => name !== null);
  const kinds = ['COMPANY', 'ORGANIZATION', 'DEPARTMENT'] as const;
  const kind = kinds[names.length - 1] ?? 'COMPANY';
  return { name: names.join(' - '), kind, organization, department, members };
}
