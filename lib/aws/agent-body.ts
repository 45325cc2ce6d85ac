import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { AgentRoute } from '../kit/agent.ts';
import { type FieldError, malformed, Problem, tooLarge, wrongMediaType } from '../kit/problem.ts';
import type { AgentEvent } from './agent.ts';
import { parseJson } from './body.ts';
import { decode, describe, header, toErrors } from './request.ts';

const mostBytes = 65_536;
const nothing = z.strictObject({}).optional();

/** The body as it was sent: what the signature is about. 413 beyond the route's limit. */
export function rawBody(route: AgentRoute, event: AgentEvent): Buffer {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const most = route.maxBodyBytes ?? mostBytes;
  if (bytes.length > most) throw new Problem(tooLarge, `The body may have at most ${most} bytes`);
  return bytes;
}

/** Checks body and parameters of a call against its route; one 400 names every wrong field. */
export function parseCall(
  route: AgentRoute,
  event: AgentEvent,
  bytes: Buffer,
): { readonly body: unknown; readonly params: Readonly<Record<string, string>> } {
  const errors: FieldError[] = [];
  const take = (schema: z.ZodType, value: unknown, where: string) => {
    const result = schema.safeParse(value);
    if (!result.success) errors.push(...result.error.issues.flatMap((issue) => toErrors(issue, where)));
    return result.data;
  };
  if (event.rawQueryString) errors.push({ pointer: '#/query', message: 'no query is expected here' });
  const params = take(route.params ?? z.strictObject({}), event.pathParameters ?? {}, '/params');
  const body = take(route.body ?? nothing, readJson(route, event, bytes), '');
  if (errors.length > 0) throw new Problem(malformed, describe(errors), { errors: errors.slice(0, 50) });
  return { body, params: params as Record<string, string> };
}

function readJson(route: AgentRoute, event: AgentEvent, bytes: Buffer): unknown {
  if (!route.body && bytes.length === 0) return undefined;
  const encoding = header(event, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  const media = (header(event, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const packed = encoding === 'gzip' && route.maxInflatedBytes !== undefined;
  if (!packed && encoding !== 'identity')
    throw new Problem(wrongMediaType, `The encoding is not accepted here; send the body as it is`);
  if (media !== 'application/json' && !(packed && media === 'application/gzip'))
    throw new Problem(wrongMediaType, 'Send application/json; of a body that is gzip application/gzip');
  const text = decode(packed ? inflate(bytes, route.maxInflatedBytes ?? mostBytes) : bytes);
  if (text.includes('\ufffd')) throw new Problem(malformed, 'The body is not UTF-8');
  return parseJson(text);
}

function inflate(bytes: Buffer, most: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Problem(tooLarge, `The inflated body may have at most ${most} bytes`);
    throw new Problem(malformed, 'The body is not gzip', {
      errors: [{ pointer: '#', message: 'is not gzip' }],
    });
  }
}
