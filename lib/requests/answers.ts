import * as z from 'zod';
import type { Published } from '../catalog/item.ts';
import { type FieldError, malformed, Problem } from '../kit/problem.ts';
import { paragraph } from '../kit/text.ts';

type Field = Published['fields'][number];
type Value = string | number | boolean;

const mostText = 2000;
const mostAnswers = 8000;
const mostNumber = 1_000_000_000_000;

/** Answers to an item's form, by the keys of its fields. */
export const givenAnswers = z
  .record(
    z.string().regex(/^[a-z][A-Za-z0-9_]{0,31}$/, 'must be the key of a field'),
    z.union([paragraph(mostText), z.number().min(-mostNumber).max(mostNumber), z.boolean()]),
  )
  .refine((all) => Object.keys(all).length <= 16, 'has more answers than a form has fields')
  .refine(
    (all) => JSON.stringify(all).length <= mostAnswers,
    `is longer than ${mostAnswers} characters in all`,
  );

export type Answers = Readonly<Record<string, Value>>;

/** The answers as they are kept; refuses each that its field does not take, by a JSON pointer. */
export function requireAnswers(fields: readonly Field[], given: Answers): Answers {
  const errors: FieldError[] = [];
  const wrong = (key: string, message: string) => errors.push({ pointer: `#/answers/${key}`, message });
  for (const key of Object.keys(given)) {
    if (!fields.some((one) => one.key === key)) wrong(key, 'is no field of this item');
  }
  const kept = fields.flatMap((field): [string, Value][] => {
    const value = Object.hasOwn(given, field.key) ? given[field.key] : undefined;
    if (value === undefined) {
      if (field.required) wrong(field.key, 'is required');
      return [];
    }
    const read = readings[field.type](field).safeParse(value);
    if (read.success) return [[field.key, read.data]];
    wrong(field.key, read.error.issues[0]?.message ?? 'is not an answer to this field');
    return [];
  });
  if (errors.length > 0) throw new Problem(malformed, 'Answers do not fit the form', { errors });
  return Object.fromEntries(kept);
}

const readings: Readonly<Record<Field['type'], (field: Field) => z.ZodType<Value>>> = {
  TEXT: ({ max = mostText }) => paragraph(max),
  NUMBER: ({ max = mostNumber }) => z.number('must be a number').max(max, `must be at most ${max}`),
  CHOICE: ({ choices = [] }) =>
    z
      .string('must be one of the choices')
      .refine((value) => choices.includes(value), 'must be one of the choices'),
  DATE: () => z.iso.date('must be a date such as 2026-11-21'),
  BOOLEAN: () => z.boolean('must be true or false'),
};
