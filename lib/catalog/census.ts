import * as z from 'zod';
import { allows, type Role } from '../kit/permission.ts';
import { Problem } from '../kit/problem.ts';
import type { Facts } from './filter.ts';
import { passes } from './filter.ts';
import { attributeUnknown, matchesNobody } from './marketplace-problems.ts';
import { inGroup, matched, peopleFields, type Rules } from './rules.ts';
import type { Source } from './source.ts';

/** Groups and filters about which it is asked whether they match anybody; not about those that were there `before`. */
export interface Asked extends Lists {
  readonly before?: Lists | undefined;
}
interface Lists {
  readonly groups?: Rules['groups'] | undefined;
  readonly filters?: Rules['filters'] | undefined;
}

const among = (list: readonly unknown[] | undefined, one: unknown): boolean =>
  list?.some((old) => JSON.stringify(old) === JSON.stringify(one)) === true;

/** What a look at everybody found out. */
export interface Census {
  readonly empty: readonly string[];
  readonly strange: readonly { readonly pointer: string; readonly attribute: string }[];
}

/** Refuses groups and filters of which nothing comes, unless that is meant. */
export function mustMatch({ strange, empty }: Census, allowEmpty: boolean): void {
  if (allowEmpty) return;
  if (strange.length > 0) {
    const errors = strange.map(({ pointer, attribute }) => ({
      pointer,
      message: `nobody has an attribute ${attribute}`,
    }));
    throw new Problem(attributeUnknown, undefined, { errors });
  }
  if (empty.length > 0) {
    const errors = empty.map((pointer) => ({ pointer, message: 'matches nobody' }));
    throw new Problem(matchesNobody, undefined, { errors });
  }
}

/** Looks at people one after another until every group and filter has matched somebody, or at all of them. */
export function takeCensus({ groups = [], filters = [], before }: Asked) {
  const open = new Map<string, (facts: Facts) => boolean>([
    ...groups.flatMap((one, index) =>
      among(before?.groups, one)
        ? []
        : [[`#/groups/${index}`, (facts: Facts) => inGroup(facts.place, one)] as const],
    ),
    ...filters.flatMap((one, index) =>
      among(before?.filters, one)
        ? []
        : [[`#/filters/${index}`, (facts: Facts) => passes(facts, one)] as const],
    ),
  ]);
  const seen = new Set<string>();
  return {
    /** True while somebody more has to be looked at. */
    wanting: () => open.size > 0,
    see(facts: Facts): void {
      for (const name of Object.keys(facts.attributes)) seen.add(name);
      for (const [pointer, matches] of open) if (matches(facts)) open.delete(pointer);
    },
    /** `complete`: everybody was seen; else nothing can be said of what has not matched yet. */
    told(complete: boolean): Census {
      if (!complete) return { empty: [], strange: [] };
      const strange = filters.flatMap(({ all }, index) =>
        open.has(`#/filters/${index}`)
          ? all.flatMap(({ attribute }, at) =>
              seen.has(attribute) ? [] : [{ pointer: `#/filters/${index}/all/${at}/attribute`, attribute }],
            )
          : [],
      );
      return { empty: [...open.keys()], strange };
    },
  };
}

export const newPreview = z.strictObject({
  everyone: peopleFields.everyone.default(false),
  people: peopleFields.people.default([]),
  groups: peopleFields.groups.default([]),
  filters: peopleFields.filters.default([]),
  dynamicGroups: peopleFields.dynamicGroups.default([]),
});

/** Whom rules would include. */
export const preview = z.strictObject({
  count: z.int(),
  complete: z.boolean().describe('False where there are more people than were looked at'),
  first: z
    .array(z.strictObject({ personId: z.string(), name: z.string() }))
    .describe('At most ten of them; none to asset managers'),
  unknownAttributes: z.array(z.string()).describe('Named by a filter, and nobody has them'),
});

/** What a look at everybody found out of new groups and filters, and whom rules would include where that was asked. */
export interface Matches {
  readonly census: Census;
  readonly matches: z.input<typeof preview> | undefined;
}

/** The same as it is told: who people are to those only who may know what people see. */
export const told = (
  { first, ...counts }: z.input<typeof preview>,
  roles: readonly Role[],
): z.input<typeof preview> => ({ ...counts, first: allows(roles, 'entitlements.read') ? first : [] });

/** Counts whom rules would include. */
export function countPeople(rules: Rules) {
  const first: { personId: string; name: string }[] = [];
  const seen = new Set<string>();
  let count = 0;
  return {
    see({ present, facts, name, personId }: Source): void {
      for (const one of Object.keys(facts.attributes)) seen.add(one);
      if (!present || !matched(rules, facts)) return;
      count++;
      if (first.length < 10) first.push({ personId, name });
    },
    told: (complete: boolean): z.input<typeof preview> => {
      const filters = [...rules.filters, ...rules.gatherings.flatMap((one) => one.filters)];
      const named = filters.flatMap(({ all }) => all.map(({ attribute }) => attribute));
      const unknownAttributes = complete ? [...new Set(named)].filter((one) => !seen.has(one)) : [];
      return { count, complete, first, unknownAttributes };
    },
  };
}
