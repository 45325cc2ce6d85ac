import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { malformed, Problem } from '../kit/problem.ts';
import { secretKey } from './secret-key.ts';

/** The key that seals cursors. */
export function cursorKey(): Promise<Buffer> {
  return secretKey('CURSOR_SECRET_ARN');
}

/** Seals a position with AES-256-GCM; `bound` (tenant, route, filters) must be the same to open it. */
export function sealCursor(secret: Buffer, position: string, bound: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([cipher.update(position, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Opens a cursor; 400 when it was changed, or made for another tenant, route or filter. */
export function openCursor(secret: Buffer, cursor: string, bound: string): string {
  try {
    const raw = Buffer.from(cursor, 'base64url');
    if (raw.toString('base64url') !== cursor) throw new Error('not canonical');
    const decipher = createDecipheriv('aes-256-gcm', secret, raw.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bound)).setAuthTag(raw.subarray(12, 28));
    return Buffer.concat([decipher.update(raw.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    throw invalid('is not a cursor of this list with these filters');
  }
}

const invalid = (message: string): Problem =>
  new Problem(malformed, 'The cursor is not valid for this list', {
    errors: [{ pointer: '#/query/cursor', message }],
  });

/** How long a cursor leads on. */
const lifeMs = 3_600_000;

/** A cursor that leads on from a position for an hour; `at` is now, in milliseconds. */
export function sealUntil(secret: Buffer, position: string, bound: string, at: number): string {
  return sealCursor(secret, `${at + lifeMs} ${position}`, bound);
}

/** The position behind such a cursor; 400 when its hour is over too. */
export function openUntil(secret: Buffer, cursor: string, bound: string, at: number): string {
  const [, ends = '', position = ''] = /^(\d+) (.*)$/s.exec(openCursor(secret, cursor, bound)) ?? [];
  if (Number(ends) <= at) throw invalid('has expired: begin again');
  return position;
}
