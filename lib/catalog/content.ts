import * as z from 'zod';
import { Problem } from '../kit/problem.ts';
import { id, line, name, paragraph, whole } from '../kit/text.ts';
import { code } from './code.ts';
import { type Pricing, price, type StoredPrice, storedPrice, toPrice } from './price.ts';
import { notForType } from './problems.ts';

export const types = ['SERVICE', 'BUNDLE', 'BANNER'] as const;
export const itemType = z.enum(types);
export type ItemType = z.infer<typeof itemType>;

const fieldTypes = ['TEXT', 'NUMBER', 'CHOICE', 'DATE', 'BOOLEAN'] as const;

/** One question of the form that is answered with a request. */
export const formField = z
  .strictObject({
    key: z.string().regex(/^[a-z][A-Za-z0-9_]{0,31}$/, 'must be a key, such as `costCenter`'),
    label: line(80),
    type: z.enum(fieldTypes),
    required: z.boolean().default(false),
    choices: z.array(line(80)).min(1).max(30).optional().describe('Of a CHOICE, and only there'),
    max: whole(1, 1_000_000_000).optional().describe('Of a TEXT: characters; of a NUMBER: the largest'),
  })
  .superRefine(({ type, choices, max }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((type === 'CHOICE') !== (choices !== undefined))
      wrong('choices', 'belong to a CHOICE, and only there');
    if (choices && new Set(choices).size < choices.length) wrong('choices', 'names one twice');
    if (max !== undefined && type !== 'TEXT' && type !== 'NUMBER')
      wrong('max', 'belongs to a TEXT or a NUMBER');
    if (max !== undefined && type === 'TEXT' && max > 2000) wrong('max', 'must be at most 2000 characters');
  });
export type FormField = z.infer<typeof formField>;

const form = z
  .array(formField)
  .max(16)
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'names a key twice')
  .refine((all) => JSON.stringify(all).length <= 8000, 'is longer than 8,000 characters in all');

const range = (least: number) =>
  z
    .strictObject({ min: whole(least, 1000), max: whole(1, 1000) })
    .refine(({ min, max }) => min <= max, 'must not begin above its end');

const part = z
  .strictObject({ itemId: id('catalogItem'), min: whole(0, 1000), max: whole(1, 1000) })
  .refine(({ min, max }) => min <= max, 'must not begin above its end');

const link = z
  .string()
  .max(500)
  .regex(/^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][\x21-\x7e]*)?$/, 'must be an https address');

const shape = {
  name: name(80),
  summary: line(200).nullable(),
  description: paragraph(4000).nullable(),
  category: line(60).nullable(),
  fields: form,
  approval: z.boolean().describe('Each request waits for an approval; also of a bundle that takes it'),
  quantity: range(1),
  price: price.nullable().describe('Null: free'),
  freeLabel: line(40).nullable().describe('Shown while it is free; null hides it'),
  parts: z
    .array(part)
    .max(20)
    .refine((all) => new Set(all.map(({ itemId }) => itemId)).size === all.length, 'names a part twice'),
  link: link.nullable(),
};
export type Given = z.output<ReturnType<typeof z.strictObject<typeof shape>>>;

const whatFor: Readonly<Record<ItemType, readonly (keyof Given)[]>> = {
  SERVICE: 'name summary description category fields approval quantity price freeLabel'.split(' ') as never,
  BUNDLE: 'name summary description category fields approval quantity parts'.split(' ') as never,
  BANNER: ['name', 'summary', 'category', 'link'],
};
const mandatory: Readonly<Record<ItemType, readonly (keyof Given)[]>> = {
  SERVICE: ['summary', 'description', 'category'],
  BUNDLE: ['summary', 'description', 'category', 'parts'],
  BANNER: ['summary', 'link'],
};

export const changedContent = z.strictObject({ ...shape, code: code.nullable() }).partial();
export type ChangedContent = z.output<typeof changedContent>;
export const newContent = changedContent.extend({ type: itemType.default('SERVICE'), name: name(80) });
export type NewContent = z.output<typeof newContent>;

/** What is said of a revision: all but the code, which is the item's. */
export type Said = Omit<ChangedContent, 'code'>;

/** What a revision says. */
export const content = z.object({
  name: z.string(),
  summary: z.string().nullable(),
  description: z.string().nullable(),
  category: z.string().nullable(),
  fields: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      type: z.enum(fieldTypes),
      required: z.boolean(),
      choices: z.array(z.string()).optional(),
      max: z.number().optional(),
    }),
  ),
  approval: z.boolean(),
  quantity: z.object({ min: z.number(), max: z.number() }),
  price: storedPrice.nullable(),
  freeLabel: z.string().nullable(),
  parts: z.array(z.object({ itemId: z.string(), min: z.number(), max: z.number() })),
  link: z.string().nullable(),
});
export type Content = z.infer<typeof content>;

const unsaid: Omit<Content, 'name'> = {
  summary: null,
  description: null,
  category: null,
  fields: [],
  approval: false,
  quantity: { min: 1, max: 1 },
  price: null,
  freeLabel: 'Free',
  parts: [],
  link: null,
};

/** A content with what was given in place of what was said; refuses what an item of this type does not have. */
export function written(
  type: ItemType,
  given: Said & { name: string },
  pricing: Pricing,
  before: Content | undefined = undefined,
): Content {
  const { price: asked, ...rest } = defined(given) as Said & { name: string };
  const known = whatFor[type] as readonly string[];
  const strays = Object.keys(defined(given)).filter((field) => !known.includes(field));
  if (strays.length > 0) {
    const errors = strays.map((field) => ({ pointer: `#/${field}`, message: `is not for a ${type}` }));
    throw new Problem(notForType, undefined, { errors });
  }
  const priced: { price?: StoredPrice | null } =
    asked === undefined ? {} : { price: asked && toPrice(asked, pricing) };
  return content.parse({ ...unsaid, ...before, ...rest, ...priced });
}

const defined = (given: object) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** Mandatory details that are missing. */
export function missing(type: ItemType, said: Content): string[] {
  return mandatory[type].filter((field) => {
    const value = said[field];
    return value === null || (Array.isArray(value) && value.length === 0);
  });
}
