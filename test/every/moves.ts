import type { Endpoint, Schema } from './document.ts';
import { objectsOf, type Path, type Place, placesOf, pointerTo, replaced } from './places.ts';

/** A request that is being spoilt. */
export interface Draft {
  params: Record<string, string>;
  query: [string, string][];
  headers: Record<string, string>;
  /** A JSON body as a value; `text` goes before it. */
  value: unknown;
  text: string | undefined;
  base64: boolean;
}

/** One thing done to a request. */
export interface Move {
  readonly name: string;
  /** Where a refusal has to point; undefined where it has no field to point at. */
  readonly pointer: string | undefined;
  /** True where the request is wrong now, whatever else it has; else the document is asked about its body. */
  readonly wrong: boolean;
  /** What of the request it takes the place of: `#/name` of a body, `?name`, `{name}`, or a header's `@name`. */
  readonly slot: string;
  readonly apply: (draft: Draft) => void;
}

/** Never text of ours, wherever it stands: headers, other scripts' directions, what no string may hold. */
export const poison = [
  'a\r\nBcc: x@example.com',
  'a\rb',
  'a\u0000b',
  '\u202egnp.exe',
  'a\u200bb',
  'a\u2028b',
  'a\ud800b',
];
const odd: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, '', ' ', 'x'.repeat(20_000), 'a@example.com, b@example.com'],
  ...["=1<script>'; DROP T#x/../..", '{{constructor}}', '$' + '{x}', 'é'.normalize('NFD'), '\u{1F600}'],
  ...[[], {}, [[[[]]]], { $ne: null }, '0', 'null', '2026-02-30', '2026-02-30T25:00:00Z'],
];
/** What only we write. */
export const ourOwn = [
  ...['role', 'roles', 'parentId', 'balance', 'version', 'state', 'status', 'tenant', 'tid', 'path', 'PK'],
  ...['SK', 'kind', 'id', 'createdAt', 'mspMode', 'permission', 'providerId', 'customerId', 'used', 'x'],
];
/** The values at the edge of what the document allows, and right behind it. */
function edges({ schema, value }: Place): unknown[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, enum: names, pattern, type } = schema;
  const out: unknown[] = [];
  if (minLength) out.push('x'.repeat(minLength - 1), 'x'.repeat(minLength));
  if (maxLength !== undefined) out.push('x'.repeat(maxLength), 'x'.repeat(maxLength + 1));
  if (minimum !== undefined) out.push(minimum - 1, minimum);
  if (maximum !== undefined) out.push(maximum, maximum + 1);
  const one = Array.isArray(value) ? value[0] : sample(schema.items);
  if (minItems) out.push(Array(minItems - 1).fill(one));
  if (maxItems !== undefined) out.push(Array(Math.min(maxItems, 1000) + 1).fill(one));
  if (type === 'array') out.push([one, one], [null]);
  if (names) out.push(...names, 'NOPE', String(names[0]).toLowerCase(), `${names[0]} `);
  if (pattern && typeof value === 'string')
    out.push(`${value} `, `${value}\n`, value.toLowerCase(), value.slice(1), `${value}0`);
  return out;
}

/** Something that a schema may allow. */
export function sample(schema: Schema | undefined): unknown {
  const one = schema?.anyOf?.[0] ?? schema?.oneOf?.[0] ?? schema;
  if (!one) return 'x';
  if (one.const !== undefined) return one.const;
  if (one.enum) return one.enum[0];
  if (one.type === 'object')
    return Object.fromEntries((one.required ?? []).map((name) => [name, sample(one.properties?.[name])]));
  if (one.type === 'array') return Array(one.minItems ?? 0).fill(sample(one.items));
  if (one.type === 'boolean') return true;
  if (one.type === 'integer' || one.type === 'number') return one.minimum ?? 1;
  const id = /^\^(\w{3}_)\[/.exec(one.pattern ?? '');
  return id ? `${id[1]}${'7'.repeat(26)}` : 'x'.repeat(Math.max(1, one.minLength ?? 1));
}

const isPoison = (value: unknown) => poison.includes(value as string) || value === 2 ** 53;
/** A value as a failure tells it. */
export const told = (value: unknown) => String(JSON.stringify(value)).slice(0, 50);

/** Another value at a place of a body. */
export function put(path: Path, value: unknown): Move {
  const pointer = pointerTo(path);
  return {
    name: `${pointer} = ${told(value)}`,
    ...{ pointer, slot: pointer, wrong: isPoison(value) },
    apply: (draft) => {
      draft.value = replaced(draft.value, path, value);
    },
  };
}

/** Everything that is done to the fields of a body, one at a time. */
export function bodyMoves(endpoint: Endpoint, value: unknown): Move[] {
  if (!endpoint.body || typeof value !== 'object') return [];
  const places = placesOf(endpoint.body, value);
  const named = places.flatMap((place) => [
    ...[...poison, ...odd, ...edges(place)].map((one) => put(place.path, one)),
    ...(place.required && place.value !== undefined ? [put(place.path, undefined)] : []),
  ]);
  const known = new Set(places.map(({ path }) => pointerTo(path)));
  const strange = objectsOf(endpoint, value).flatMap((path) =>
    ourOwn
      .map((name) => [...path, name])
      .filter((one) => !known.has(pointerTo(one)))
      .map((one) => put(one, one.at(-1) === 'version' ? 7 : 'x')),
  );
  return [...named, ...strange, ...odd.map((one) => put([], one))];
}

/** Something done to a request at large: what is said of it unless it is said otherwise. */
export const anywhere = (
  name: string,
  apply: Move['apply'],
  { wrong = true, pointer, slot = '#' }: { wrong?: boolean; pointer?: string; slot?: string } = {},
): Move => ({ name, apply, wrong, pointer, slot });
