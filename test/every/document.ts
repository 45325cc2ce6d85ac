import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** JSON Schema as docs/openapi.json has it. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { schema: Schema }>> }
    >
  >;
}

/** An endpoint as the document tells it. */
export interface Endpoint {
  readonly id: string;
  readonly ofAgents: boolean;
  readonly parameters: readonly Parameter[];
  readonly media: readonly string[];
  readonly body: Schema | undefined;
  /** False where the document alone says that a body is wrong. */
  readonly allows: (body: unknown) => boolean;
  readonly allowsParameter: (parameter: Parameter, value: string) => boolean;
  /** What is wrong about an answer; undefined where it is as the document says. */
  readonly objection: (answer: {
    statusCode: number;
    headers: Readonly<Record<string, string>>;
    body: string;
  }) => string | undefined;
}

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Problem: Schema } };
};

const ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: false });
formats.default(ajv);
const compiled = new Map<object, ValidateFunction>();
const validator = (schema: object): ValidateFunction => {
  const found = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, found);
  return found;
};
const isProblem = ajv.compile(document.components.schemas.Problem);

function endpoint(operation: Operation): Endpoint {
  const content = operation.requestBody?.content ?? {};
  const media = Object.keys(content);
  const body = content[media[0] ?? '']?.schema;
  return {
    id: operation.operationId,
    ofAgents: operation.tags.includes('agents'),
    parameters: operation.parameters,
    ...{ media, body },
    allows: (value) => body === undefined || validator(body)(value),
    allowsParameter: ({ schema }, value) => allowsText(schema, value),
    objection: (answer) => objectionTo(operation, answer),
  };
}

// A number of an address is text that reads as one.
function allowsText(schema: Schema, value: string): boolean {
  if (schema.type === 'integer' || schema.type === 'number')
    return Number.isFinite(Number(value)) && validator(schema)(Number(value));
  return validator(schema)(value);
}

function objectionTo(
  { responses }: Operation,
  { statusCode, headers, body }: Parameters<Endpoint['objection']>[0],
): string | undefined {
  const declared = responses[statusCode];
  if (!declared) return `the status ${statusCode} is not declared`;
  const media = (headers['content-type'] ?? '').split(';')[0] ?? '';
  if (statusCode >= 400) {
    if (media !== 'application/problem+json') return `a refusal is ${media}`;
    const problem = JSON.parse(body) as { code: string; status: number };
    if (!isProblem(problem)) return `the problem is not one: ${ajv.errorsText(isProblem.errors)}`;
    if (problem.status !== statusCode) return `the problem says ${problem.status}`;
    return declared.description.includes(`\`${problem.code}\``)
      ? undefined
      : `${problem.code} is not declared`;
  }
  const schema = declared.content?.[media]?.schema;
  if (!declared.content) return body === '' ? undefined : 'there is a body where none is declared';
  if (!schema) return `${media} is not declared`;
  const check = validator(schema);
  return check(media === 'application/json' ? JSON.parse(body) : body)
    ? undefined
    : ajv.errorsText(check.errors);
}

/** Every endpoint of the document, by its operation id. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .map((operation) => [operation.operationId, endpoint(operation)]),
);
