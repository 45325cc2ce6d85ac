import * as z from 'zod';
import { foldName, line } from '../kit/text.ts';

/** What is known of a person when it is asked who belongs to a marketplace. */
export interface Facts {
  readonly id: string;
  /** Where the person stands in the company; undefined for users, who stand in no derived group. */
  readonly place: { readonly organization: string | null; readonly department: string | null } | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

const attribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,39}$/, 'must be a short name of letters and digits')
  .describe(
    '`company`, `organization`, `department`, `location`, any imported attribute of people; of users `displayName`, `firstName`, `lastName`, `userName`, `upn`, `domain`',
  );

const needed = {
  EQUALS: [1, 1],
  ONE_OF: [1, 20],
  STARTS_WITH: [1, 20],
  PRESENT: [0, 0],
} as const;

export const condition = z
  .strictObject({
    attribute,
    op: z.enum(['EQUALS', 'ONE_OF', 'STARTS_WITH', 'PRESENT']),
    values: z.array(line(100)).max(20).default([]).describe('Compared whatever the case; none for `PRESENT`'),
  })
  .superRefine(({ op, values }, context) => {
    const [least, most] = needed[op];
    if (values.length >= least && values.length <= most) return;
    const message =
      most === 0 ? 'takes no values' : most === 1 ? 'takes one value' : 'takes at least one value';
    context.addIssue({ code: 'custom', path: ['values'], message });
  });
export type Condition = z.output<typeof condition>;

/** All conditions of one filter must hold. */
export const filter = z.strictObject({ all: z.array(condition).min(1).max(5) });
export type Filter = z.output<typeof filter>;

/** Whether a person passes a filter. An attribute that a person does not have satisfies nothing. */
export function passes({ attributes }: Facts, { all }: Filter): boolean {
  return all.every((one) => {
    const value = Object.hasOwn(attributes, one.attribute) ? attributes[one.attribute] : undefined;
    return holds(value, one);
  });
}

function holds(value: string | undefined, { op, values }: Condition): boolean {
  if (value === undefined) return false;
  const folded = foldName(value);
  if (op === 'PRESENT') return true;
  if (op === 'STARTS_WITH') return values.some((one) => folded.startsWith(foldName(one)));
  return values.some((one) => folded === foldName(one));
}
