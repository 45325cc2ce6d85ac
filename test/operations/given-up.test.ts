import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { announcedAt, byType, unsealedAt } from '../../infra/ops-announce.ts';
import { reasonsIn } from '../../infra/redrive.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { readCorpus } from './corpus.ts';

const announcing = readCorpus().items.filter(({ ev }) => ev !== undefined);

it('what the outbox gave up is announced from the objects that were kept of it, oldest first, and nothing of the sealer’s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'given-up-'));
  const [one, other] = announcing.slice(0, 2);
  const objects = {
    'b.json': { item: one, by: 'PublishingOutboxFuncti' },
    'a.json': { item: other, by: 'PublishingOutboxFuncti' },
    'c.json': { item: announcing[2], by: 'SealingAuditSealerFunct' },
  };
  for (const [name, { item, by }] of Object.entries(objects)) {
    const Records = [{ eventName: 'INSERT', dynamodb: { NewImage: toAttributes(item ?? {}) } }];
    const requestContext = { functionArn: `arn:aws:lambda:eu-central-1:1:function:stage-${by}-x:$LATEST` };
    mkdirSync(join(folder, 'aws/lambda'), { recursive: true });
    writeFileSync(
      join(folder, 'aws/lambda', name),
      JSON.stringify({ version: '1.0', requestContext, payload: JSON.stringify({ Records }) }),
    );
  }
  const expected = [one, other]
    .flatMap((item) => envelopesOf(item ?? {}))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  try {
    expect(announcedAt(folder)).toEqual(expected);
    expect(announcedAt(join(folder, 'aws/lambda/a.json'))).toEqual(envelopesOf(other ?? {}));
    expect(unsealedAt(folder)).toBe(1);
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
