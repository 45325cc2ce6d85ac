import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { announcedAt, byType } from '../../infra/ops-announce.ts';
import { reasonsIn } from '../../infra/redrive.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { readCorpus } from './corpus.ts';

const announcing = readCorpus().items.filter(({ ev }) => ev !== undefined);

it('what the outbox gave up is announced from the objects that were kept of it, oldest first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'given-up-'));
  const [one, other] = announcing.slice(0, 2);
  const objects = { 'aws/lambda/b.json': one, 'aws/lambda/a.json': other };
  for (const [name, item] of Object.entries(objects)) {
    const Records = [{ eventName: 'INSERT', dynamodb: { NewImage: toAttributes(item ?? {}) } }];
    mkdirSync(join(folder, 'aws/lambda'), { recursive: true });
    writeFileSync(
      join(folder, name),
      JSON.stringify({ version: '1.0', payload: JSON.stringify({ Records }) }),
    );
  }
  const expected = [one, other]
    .flatMap((item) => envelopesOf(item ?? {}))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  try {
    expect(announcedAt(folder)).toEqual(expected);
    expect(announcedAt(join(folder, 'aws/lambda/a.json'))).toEqual(envelopesOf(other ?? {}));
    expect(byType(expected).reduce((sum, [, count]) => sum + count, 0)).toBe(expected.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('reasons are read from the lines of a log, whatever stands before them', () => {
  const line = JSON.stringify({ message: 'dead letter', eventId: 'evt_1', reason: 'TypeError' });
  const text = `2026-11-21T00:00:00Z\t${line}\nREPORT {\n${JSON.stringify({ message: 'reaction', eventId: 'evt_2' })}\n`;
  expect([...reasonsIn(text)]).toEqual([['evt_1', 'TypeError']]);
});
