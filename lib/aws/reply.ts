import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { etag, type Reply } from '../kit/plan.ts';
import type { Problem } from '../kit/problem.ts';
import type { Route } from '../kit/route.ts';

/** A decision's answer as the gateway wants it. */
export function toResponse(
  route: Pick<Route, 'reply'>,
  reply: Reply,
  extra: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  const media = route.reply.media ?? 'application/json';
  const { body } = reply;
  return {
    statusCode: reply.status ?? route.reply.status,
    headers: {
      'content-type': body === undefined ? 'text/plain' : `${media}; charset=utf-8`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(reply.version === undefined ? {} : { etag: etag(reply.version) }),
      ...(reply.location === undefined ? {} : { location: reply.location }),
      ...(reply.file === undefined ? {} : { 'content-disposition': `attachment; filename="${reply.file}"` }),
      ...(reply.replayed ? { 'idempotent-replayed': 'true' } : {}),
      ...extra,
    },
    body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** A refusal as RFC 9457 problem+json. */
export function toProblemResponse(problem: Problem, requestId: string): APIGatewayProxyStructuredResultV2 {
  const { type, detail, data, errors } = problem;
  return {
    statusCode: type.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(type.retryable ? { 'retry-after': String(data.retryAfterSeconds ?? 1) } : {}),
      ...(type.status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}),
    },
    body: JSON.stringify({
      ...data,
      type: `/docs/problems#${type.code}`,
      title: type.title,
      status: type.status,
      detail,
      code: type.code,
      requestId,
      ...(errors.length > 0 ? { errors } : {}),
    }),
  };
}
