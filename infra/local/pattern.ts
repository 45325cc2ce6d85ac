/** True when an event matches a pattern of EventBridge or of a Lambda event filter. */
export function matches(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) return false;
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or') return (expected as unknown[]).some((one) => matches(one, event));
    const present = isObject(event) && Object.hasOwn(event, name);
    const value = present ? event[name] : undefined;
    return Array.isArray(expected)
      ? expected.some((rule) => meets(rule, value, present))
      : descend(expected, value);
  });
}

function descend(pattern: unknown, value: unknown): boolean {
  // A nested pattern also looks into each object of an array.
  return Array.isArray(value) ? value.some((one) => matches(pattern, one)) : matches(pattern, value);
}

function meets(rule: unknown, value: unknown, present: boolean): boolean {
  if (isObject(rule)) {
    const [name, argument] = Object.entries(rule)[0] ?? [];
    if (name === 'exists') return (argument === true) === (present && !isObject(value));
    if (!present) return false;
    const candidates = Array.isArray(value) ? value : [value];
    return candidates.some((one) => compare(name ?? '', argument, one));
  }
  if (!present) return false;
  return Array.isArray(value) ? value.includes(rule) : value === rule;
}

function compare(operator: string, argument: unknown, value: unknown): boolean {
  switch (operator) {
    case 'prefix':
      return isText(value) && affix(argument, value, (text, part) => text.startsWith(part));
    case 'suffix':
      return isText(value) && affix(argument, value, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return isText(value) && value.toLowerCase() === String(argument).toLowerCase();
    case 'wildcard':
      return isText(value) && wildcard(String(argument)).test(value);
    case 'numeric':
      return typeof value === 'number' && numeric(argument as unknown[], value);
    case 'anything-but':
      return anythingBut(argument, value);
    default:
      throw new Error(`The event pattern operator ${operator} is not known locally`);
  }
}

function anythingBut(argument: unknown, value: unknown): boolean {
  if (Array.isArray(argument)) return !argument.includes(value);
  if (!isObject(argument)) return value !== argument;
  const [operator, inner] = Object.entries(argument)[0] ?? [];
  const parts = Array.isArray(inner) ? inner : [inner];
  return !parts.some((one) => compare(operator ?? '', one, value));
}

function affix(argument: unknown, text: string, test: (text: string, part: string) => boolean): boolean {
  if (isObject(argument))
    return test(text.toLowerCase(), String(argument['equals-ignore-case']).toLowerCase());
  return test(text, String(argument));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function numeric(rule: readonly unknown[], value: number): boolean {
  for (let index = 0; index < rule.length; index += 2) {
    const bound = Number(rule[index + 1]);
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (!holds[String(rule[index]) as keyof typeof holds]) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
