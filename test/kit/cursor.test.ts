import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCursor, openUntil, sealCursor, sealUntil } from '../../lib/aws/cursor.ts';
import type { Problem } from '../../lib/kit/problem.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const text = fc.string({ unit: 'grapheme', maxLength: 60 });

function refused(open: () => string): unknown {
  try {
    return open();
  } catch (error) {
    const { type, detail, errors } = error as Problem;
    return { status: type.status, code: type.code, detail, errors };
  }
}

const no = {
  status: 400,
  code: 'request.malformed',
  detail: 'The cursor is not valid for this list',
  errors: [{ pointer: '#/query/cursor', message: 'is not a cursor of this list with these filters' }],
};

it('a cursor opens with what it was bound to, and says nothing to who holds it', () => {
  fc.assert(
    fc.property(secret, text, text, (key, position, bound) => {
      const cursor = sealCursor(key, position, bound);
      expect(openCursor(key, cursor, bound)).toBe(position);
      expect(cursor).toMatch(/^[\w-]+$/);
      // Twelve bytes of a nonce that is never used twice, sixteen of the tag, and as many as there were.
      expect(Buffer.from(cursor, 'base64url')).toHaveLength(28 + Buffer.byteLength(position));
      expect(sealCursor(key, position, bound)).not.toBe(cursor);
    }),
  );
});

it('no other key, tenant, route or filter opens it', () => {
  fc.assert(
    fc.property(secret, secret, fc.tuple(text, text, text), (key, other, [position, bound, elsewhere]) => {
      fc.pre(!key.equals(other) && bound !== elsewhere);
      const cursor = sealCursor(key, position, bound);
      expect(refused(() => openCursor(key, cursor, elsewhere))).toEqual(no);
      expect(refused(() => openCursor(other, cursor, bound))).toEqual(no);
    }),
  );
});

it('with any bit changed, cut at any place, or written in another way, it is none', () => {
  const key = Buffer.alloc(32, 7);
  const cursor = sealCursor(key, '["NODE#1"]', 'here');
  const bytes = Buffer.from(cursor, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const bent = Buffer.from(bytes);
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(refused(() => openCursor(key, bent.toString('base64url'), 'here'))).toEqual(no);
  }
  for (let end = 0; end < cursor.length; end++)
    expect(refused(() => openCursor(key, cursor.slice(0, end), 'here'))).toEqual(no);
  // A tag may not be cut either, where nothing stands behind it.
  const empty = Buffer.from(sealCursor(key, '', 'here'), 'base64url');
  expect(openCursor(key, empty.toString('base64url'), 'here')).toBe('');
  for (let end = 0; end < empty.length; end++)
    expect(refused(() => openCursor(key, empty.subarray(0, end).toString('base64url'), 'here'))).toEqual(no);
  for (const same of [`${cursor}=`, `${cursor} `, `${cursor}\n`, bytes.toString('base64')])
    if (same !== cursor) expect(refused(() => openCursor(key, same, 'here'))).toEqual(no);
});

it('it leads on for an hour, to the millisecond, and says when that is over', () => {
  const hour = 3_600_000;
  fc.assert(
    fc.property(secret, text, fc.nat(2_000_000_000_000), (key, position, at) => {
      const cursor = sealUntil(key, position, 'here', at);
      expect([openUntil(key, cursor, 'here', at), openUntil(key, cursor, 'here', at + hour - 1)]).toEqual([
        ...[position, position],
      ]);
      const [error] = no.errors;
      expect(refused(() => openUntil(key, cursor, 'here', at + hour))).toEqual({
        ...no,
        errors: [{ ...error, message: 'has expired: begin again' }],
      });
      expect(refused(() => openUntil(key, cursor, 'there', at))).toEqual(no);
    }),
  );
  const key = Buffer.alloc(32, 7);
  expect(openUntil(key, sealUntil(key, 'two\nlines of 7', 'here', 5), 'here', 6)).toBe('two\nlines of 7');
  for (const text of ['', 'x', 'x5 y', '2 y', ' 99 y', '99'])
    expect(
      refused(() => openUntil(key, sealCursor(key, text, 'here'), 'here', 3)),
      text,
    ).toMatchObject({ status: 400 });
});
