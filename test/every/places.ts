import type { Endpoint, Schema } from './document.ts';

export type Path = readonly (string | number)[];

/** A place of a body: what stands there, and what the document says may. */
export interface Place {
  readonly path: Path;
  readonly value: unknown;
  readonly schema: Schema;
  readonly required: boolean;
}

type Fields = Readonly<Record<string | number, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a union's shapes the one that this value is most like. */
function meant(schema: Schema, value: unknown): Schema {
  const shapes = schema.anyOf ?? schema.oneOf;
  if (!shapes) return schema;
  const likeness = (one: Schema) => {
    const fields = Object.entries(one.properties ?? {});
    if (!isObject(value)) return kindOf(value) === one.type ? 1 : 0;
    return fields.reduce((sum, [name, { const: only }]) => {
      if (!(name in value)) return sum;
      return sum + (only === undefined ? 1 : only === value[name] ? 10 : -10);
    }, 0);
  };
  const [best] = shapes.map((one) => meant(one, value)).toSorted((a, b) => likeness(b) - likeness(a));
  return best ?? schema;
}

export const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** The fields of a body and those that it might have, and what stands inside them, three levels deep. */
export function placesOf(schema: Schema, value: unknown, path: Path = []): Place[] {
  if (path.length > 3) return [];
  const shape = meant(schema, value);
  if (Array.isArray(value) && shape.items)
    return value.slice(0, 1).flatMap((one) => here(shape.items as Schema, one, [...path, 0], false));
  if (!isObject(value)) return [];
  const known = Object.entries(shape.properties ?? {}).flatMap(([name, one]) =>
    here(one, value[name], [...path, name], shape.required?.includes(name) === true),
  );
  const free = isObject(shape.additionalProperties) ? (shape.additionalProperties as Schema) : undefined;
  const others = Object.keys(value).filter((name) => free && !(name in (shape.properties ?? {})));
  return [...known, ...others.flatMap((name) => here(free as Schema, value[name], [...path, name], false))];
}

const here = (schema: Schema, value: unknown, path: Path, required: boolean): Place[] => [
  { path, value, schema: meant(schema, value), required },
  ...placesOf(schema, value, path),
];

/** The objects of a body, where fields that nobody knows may be added: only where the document wants none. */
export function objectsOf(endpoint: Endpoint, value: unknown): Path[] {
  if (!endpoint.body || !isObject(value)) return [];
  const inner = placesOf(endpoint.body, value).filter(
    ({ value: one, schema }) => isObject(one) && schema.additionalProperties === false,
  );
  return [[], ...inner.map(({ path }) => path)];
}

/** A copy with another value at a place; `undefined` takes away what stands there. */
export function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((one, at) => (at === name ? replaced(one, rest, by) : one));
  const copy: Record<string | number, unknown> = { ...(value as Fields) };
  const inner = replaced(copy[name], rest, by);
  if (inner === undefined) delete copy[name];
  else copy[name] = inner;
  return copy;
}

/** RFC 6901, as refusals point at fields. */
export const pointerTo = (path: Path): string =>
  `#${path.map((one) => `/${String(one).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')}`;
