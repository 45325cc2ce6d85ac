/** A template as CloudFormation reads it. */
export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Outputs?: Record<string, { readonly Value: unknown }>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: string;
  readonly DependsOn?: unknown;
}

/** What references answer: `undefined` when nothing is known. */
export interface Names {
  ref(logicalId: string, resource: Resource): unknown;
  attribute(logicalId: string, resource: Resource, name: string): unknown;
}

/** Where the template is run. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

const absent = Symbol('AWS::NoValue');

/** Evaluates the intrinsic functions of a template. */
export function evaluator(template: Template, place: Place, names: Names) {
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::StackName': place.stackName,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${place.stackName}/local`,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::NotificationARNs': [],
    'AWS::NoValue': absent,
  };

  const reference = (name: string): unknown => {
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (parameter) return parameter.Default ?? '';
    const resource = template.Resources[name];
    if (!resource) throw new Error(`The template refers to ${name}, which it does not have`);
    return names.ref(name, resource);
  };

  const attribute = (name: string, wanted: string): unknown => {
    const resource = template.Resources[name];
    if (!resource) throw new Error(`The template refers to ${name}, which it does not have`);
    const found = names.attribute(name, resource, wanted);
    if (found === undefined)
      throw new Error(`Attribute ${wanted} of ${name} (${resource.Type}) is not known locally`);
    return found;
  };

  const substitute = (text: string, own: Record<string, unknown>): string =>
    text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in own) return String(own[name]);
      const dot = name.indexOf('.');
      const value = dot < 0 ? reference(name) : attribute(name.slice(0, dot), name.slice(dot + 1));
      return value === undefined ? whole : String(value);
    });

  const holds = (name: string): boolean => Boolean(evaluate(template.Conditions?.[name]));

  const intrinsic: Record<string, (argument: never) => unknown> = {
    Ref: (name: string) => reference(name),
    Condition: (name: string) => holds(name),
    'Fn::GetAtt': (path: string | [string, string]) => {
      const [name = '', ...rest] = typeof path === 'string' ? path.split('.') : path;
      return attribute(name, rest.join('.'));
    },
    'Fn::Join': ([separator, parts]: [string, unknown]) =>
      (evaluate(parts) as unknown[]).map(String).join(separator),
    'Fn::Sub': (argument: string | [string, Record<string, unknown>]) =>
      typeof argument === 'string'
        ? substitute(argument, {})
        : substitute(argument[0], evaluate(argument[1]) as Record<string, unknown>),
    'Fn::Select': ([index, list]: [unknown, unknown]) =>
      (evaluate(list) as unknown[])[Number(evaluate(index))],
    'Fn::Split': ([separator, text]: [string, unknown]) => String(evaluate(text)).split(separator),
    'Fn::If': ([name, yes, no]: [string, unknown, unknown]) => evaluate(holds(name) ? yes : no),
    'Fn::Equals': ([left, right]: [unknown, unknown]) =>
      JSON.stringify(evaluate(left)) === JSON.stringify(evaluate(right)),
    'Fn::Not': ([one]: [unknown]) => !evaluate(one),
    'Fn::And': (all: unknown[]) => all.every((one) => Boolean(evaluate(one))),
    'Fn::Or': (all: unknown[]) => all.some((one) => Boolean(evaluate(one))),
    'Fn::FindInMap': ([map, first, second]: [unknown, unknown, unknown]) =>
      template.Mappings?.[String(evaluate(map))]?.[String(evaluate(first))]?.[String(evaluate(second))],
    'Fn::Base64': (text: unknown) => Buffer.from(String(evaluate(text))).toString('base64'),
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${place.region}${zone}`),
    'Fn::ImportValue': (name: unknown) => String(evaluate(name)),
  };

  function evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(evaluate).filter((one) => one !== absent);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only) {
      const call = intrinsic[only[0]];
      if (call) return call(only[1] as never);
    }
    const out: Record<string, unknown> = {};
    for (const [name, part] of entries) {
      const result = evaluate(part);
      if (result !== absent) out[name] = result;
    }
    return out;
  }

  return { evaluate, holds };
}
