import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Attributes = Record<string, AttributeValue>;

// On the wire bytes are Base64, in what our client sends and answers as in a stream's records. The SDK's types mean its own.
const toWire = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64') as unknown as Uint8Array;
const fromWire = (text: unknown) => new Uint8Array(Buffer.from(text as string, 'base64'));

/** Plain JSON values → DynamoDB attributes. Undefined is left out; a number must be safe; bytes are Uint8Array. */
export function toAttribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('A stored number must be finite');
    return { N: String(value) };
  }
  if (value instanceof Uint8Array) return { B: toWire(value) };
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
export function fromAttribute(attribute: AttributeValue): unknown {
  for (const kind in attribute) {
    const value = attribute[kind as keyof AttributeValue] as unknown;
    switch (kind) {
      case 'S':
      case 'BOOL':
        return value;
      case 'N':
        return Number(value);
      case 'NULL':
        return null;
      case 'B':
        return fromWire(value);
      case 'L':
        return (value as AttributeValue[]).map(fromAttribute);
      case 'M':
        return fromAttributes(value as Attributes);
    }
  }
  throw new TypeError('An attribute of an unknown kind was read');
}

export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name in attributes) out[name] = fromAttribute(attributes[name] as AttributeValue);
  return out;
}
