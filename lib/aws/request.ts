import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import * as z from 'zod';
import {
  type FieldError,
  ifMatchRequired,
  malformed,
  Problem,
  tooLarge,
  wrongMediaType,
} from '../kit/problem.ts';
import { flag, pageQuery, type Route } from '../kit/route.ts';
import { parseJson, toPointer } from './body.ts';

export type GatewayEvent = APIGatewayProxyEventV2WithJWTAuthorizer;

/** A request that has passed its route's schemas. */
export interface Parsed {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown> & { limit: number; cursor?: string; dryRun?: boolean };
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
}

const schemas = new WeakMap<Route, { params: z.ZodType; query: z.ZodType }>();

/** The query schema that a route really has: its own filters, paging and dry run, closed. */
export function querySchema(route: Route): z.ZodObject {
  const base: z.ZodObject = route.query ?? z.strictObject({});
  return z.strictObject({
    ...base.shape,
    ...(route.page ? pageQuery : {}),
    ...(route.dryRun ? { dryRun: flag.default(false) } : {}),
  });
}

function schemasOf(route: Route) {
  let found = schemas.get(route);
  if (!found) {
    found = { params: route.params ?? z.strictObject({}), query: querySchema(route) };
    schemas.set(route, found);
  }
  return found;
}

/** Checks all parts of a request against its route; one 400 names every wrong field. */
export function parseRequest(route: Route, event: GatewayEvent): Parsed {
  const { params, query } = schemasOf(route);
  const errors: FieldError[] = [];
  const take = (schema: z.ZodType, value: unknown, where: string) => {
    const result = schema.safeParse(value);
    if (!result.success) errors.push(...result.error.issues.flatMap((issue) => toErrors(issue, where)));
    return result.data;
  };
  const idempotencyKey = header(event, 'idempotency-key');
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    errors.push({
      pointer: '#/headers/idempotency-key',
      message: 'must be 1 to 255 visible ASCII characters',
    });
  }
  if (
    idempotencyKey === undefined &&
    route.method === 'POST' &&
    (route.idempotency ?? 'required') === 'required'
  ) {
    errors.push({ pointer: '#/headers/idempotency-key', message: 'is required' });
  }
  const parsed = {
    params: take(params, event.pathParameters ?? {}, '/params'),
    query: take(query, readQuery(event.rawQueryString, errors), '/query'),
    body: route.body ? take(route.body, readBody(route, event), '') : refuseBody(event, errors),
    ifMatch: header(event, 'if-match'),
    idempotencyKey: route.method === 'POST' ? idempotencyKey : undefined,
  };
  if (errors.length > 0) throw new Problem(malformed, describe(errors), { errors: errors.slice(0, 50) });
  if (route.ifMatch === true && parsed.ifMatch === undefined) throw new Problem(ifMatchRequired);
  return parsed as Parsed;
}

/** The first wrong field in words, and how many more there are. */
export function describe(errors: readonly FieldError[]): string {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return first ? `${first.pointer} ${first.message}${more}` : 'The request is malformed';
}

export function header(event: Pick<GatewayEvent, 'headers'>, name: string): string | undefined {
  return event.headers?.[name];
}

function readQuery(raw: string | undefined, errors: FieldError[]): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(raw ?? '')) {
    if (name in out) errors.push({ pointer: toPointer(['query', name]), message: 'is given twice' });
    out[name] = value;
  }
  return { ...out };
}

function refuseBody(event: GatewayEvent, errors: FieldError[]): undefined {
  if (!/^\s*(\{\s*\})?\s*$/.test(event.body ?? ''))
    errors.push({ pointer: '#', message: 'no body is expected here' });
}

function readBody(route: Route, event: GatewayEvent): unknown {
  const accepted = route.accepts ?? ['application/json'];
  const media = (header(event, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!accepted.includes(media)) {
    throw new Problem(wrongMediaType, `Send ${accepted.join(' or ')}`);
  }
  const raw = event.body ?? '';
  const bytes = event.isBase64Encoded ? Buffer.from(raw, 'base64') : Buffer.from(raw, 'utf8');
  const most = route.maxBodyBytes ?? 65_536;
  if (bytes.length > most) throw new Problem(tooLarge, `The body may have at most ${most} bytes`);
  const text = decode(bytes);
  // The gateway hands text on decoded: bytes that were not UTF-8 arrive as replacement characters.
  if (text.includes('\ufffd')) throw notUtf8();
  return route.accepts ? text : parseJson(text);
}

function notUtf8(): Problem {
  return new Problem(malformed, 'The body is not UTF-8', {
    errors: [{ pointer: '#', message: 'is not UTF-8' }],
  });
}

/** Bytes as UTF-8 text; 400 where they are not. */
export function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem(malformed, 'The body is not UTF-8', {
      errors: [{ pointer: '#', message: 'is not UTF-8' }],
    });
  }
}

/** What a schema objects to, field by field; `where` is the part of the request. */
export function toErrors(issue: z.core.$ZodIssue, where: string): FieldError[] {
  const at = (path: readonly PropertyKey[]) => toPointer([...where.split('/').filter(Boolean), ...path]);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at([...issue.path, key]), message: 'is not a field here' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return meant(issue.errors).flatMap((one) =>
      toErrors({ ...one, path: [...issue.path, ...one.path] }, where),
    );
  }
  return [{ pointer: at(issue.path), message: issue.message }];
}

/** Of a union's shapes the one that was meant: it knows the most of the fields sent, then it has the least to object to. */
function meant(shapes: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const strange = (issues: readonly z.core.$ZodIssue[]) =>
    issues.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? one.keys.length : 0), 0);
  const [best = []] = shapes.toSorted((a, b) => strange(a) - strange(b) || a.length - b.length);
  return best;
}
