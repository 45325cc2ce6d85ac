import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { paragraph } from '../../lib/kit/text.ts';

const mostBytes = 8192;

const form = z.object({
  token: z.string().max(64),
  decision: z.enum(['confirm', 'decline', 'leave']),
  email: z.string().min(1).max(254),
  reason: z
    .string()
    .default('')
    .transform((value) => value.replace(/\r\n?/g, '\n').trim())
    .pipe(z.union([z.literal('').transform(() => null), paragraph(500)])),
});
export type Form = z.output<typeof form>;

/** What somebody answered on the page; undefined for what no browser sends from it. */
export function readForm(event: Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'>) {
  const media = (event.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (media !== 'application/x-www-form-urlencoded') return undefined;
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > mostBytes) return undefined;
  const sent = [...new URLSearchParams(bytes.toString('utf8'))];
  if (new Set(sent.map(([name]) => name)).size !== sent.length) return undefined;
  const read = form.safeParse(Object.fromEntries(sent));
  return read.success ? read.data : undefined;
}
