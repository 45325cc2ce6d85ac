import type { Resource, Template } from './resolve.ts';

/** What a name of a template stands for in the flat one: `Parameter` or `Nested.Outputs.Name`; undefined: itself. */
type Meaning = (name: string) => unknown;

/** The template of a nested stack. */
export type Inner = (stack: Resource) => Template;

const nested = 'AWS::CloudFormation::Stack';

/**
 * One template of a stack and all that is nested in it: parameters and outputs give way to what they stand for.
 * Logical ids stay as they are, so none may occur twice. `DependsOn`, which only a deployment reads, is left alone.
 */
export function flatten(template: Template, inner: Inner): Template {
  const stacks = Object.entries(template.Resources).filter(([, { Type }]) => Type === nested);
  if (stacks.length === 0) return template;
  const conditional = stacks.find(([, { Condition }]) => Condition !== undefined);
  if (conditional)
    throw new Error(`The condition of the nested stack ${conditional[0]} is not known locally`);
  const inside = new Map(stacks.map(([id, resource]) => [id, flatten(inner(resource), inner)]));

  const outer: Meaning = (name) => {
    const [id = '', ...rest] = name.split('.');
    const stack = inside.get(id);
    if (!stack) return undefined;
    const output = rest[0] === 'Outputs' ? stack.Outputs?.[rest[1] ?? ''] : undefined;
    if (!output) throw new Error(`${name} of a nested stack is not known locally`);
    return inWords(output.Value, within(id, stack));
  };
  const within = (id: string, stack: Template): Meaning => {
    const given = template.Resources[id]?.Properties?.Parameters as Record<string, unknown> | undefined;
    return (name) => {
      const parameter = stack.Parameters?.[name];
      if (!parameter) return undefined;
      const value = given?.[name] === undefined ? parameter.Default : inWords(given[name], outer);
      if (value === undefined) throw new Error(`The nested stack ${id} is not given ${name}`);
      return value;
    };
  };

  const own = Object.entries(template.Resources).filter(([id]) => !inside.has(id));
  const parts = [
    inWords({ ...template, Resources: Object.fromEntries(own) }, outer) as Template,
    ...[...inside].map(([id, stack]) => inWords(stack, within(id, stack)) as Template),
  ];
  return {
    ...parts[0],
    Resources: together(parts.map(({ Resources }) => Resources)),
    Mappings: together(parts.map(({ Mappings }) => Mappings ?? {})),
    Conditions: together(parts.map(({ Conditions }) => Conditions ?? {})),
  };
}

function together<T>(parts: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const all: Record<string, T> = {};
  for (const [name, one] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(all, name)) throw new Error(`Two templates of one stack have a ${name}`);
    all[name] = one;
  }
  return all;
}

function inWords(value: unknown, meaning: Meaning): unknown {
  if (Array.isArray(value)) return value.map((one) => inWords(one, meaning));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [call, argument] = entries.length === 1 && entries[0] ? entries[0] : [];
  if (call === 'Ref') return meaning(String(argument)) ?? value;
  if (call === 'Fn::GetAtt') return meaning([argument].flat().join('.')) ?? value;
  if (call === 'Fn::Sub') return substitution(argument as Substitution, meaning);
  return Object.fromEntries(entries.map(([name, one]) => [name, inWords(one, meaning)]));
}

type Substitution = string | [string, Record<string, unknown>];

function substitution(argument: Substitution, meaning: Meaning): unknown {
  const [text, own] = typeof argument === 'string' ? [argument, {}] : argument;
  const words = inWords(own, meaning) as Record<string, unknown>;
  for (const [, name = ''] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) {
    const value = name in words ? undefined : meaning(name);
    if (value !== undefined) words[name] = value;
  }
  return { 'Fn::Sub': Object.keys(words).length > 0 ? [text, words] : text };
}
