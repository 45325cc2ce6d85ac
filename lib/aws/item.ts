import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Attributes = Record<string, AttributeValue>;

/** Plain JSON values → DynamoDB attributes. Undefined is left out; a number must be safe; bytes are Uint8Array. */
export function toAttribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('A stored number must be finite');
    return { N: String(value) };
  }
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object') return { M: toAttributes(value as Record<string, unknown>) };
  throw new TypeError(`A ${typeof value} cannot be stored`);
}

export function toAttributes(item: Readonly<Record<string, unknown>>): Attributes {
  const out: Attributes = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) out[name] = toAttribute(value);
  return out;
}

/** DynamoDB attribute → plain JSON value. Sets are not used and not read. */
export function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.B !== undefined) return value.B;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return fromAttributes(value.M);
  throw new TypeError('An attribute of an unknown kind was read');
}

export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) out[name] = fromAttribute(value);
  return out;
}
