import { describe, expect, it, vi } from 'vitest';
import { consume } from '../../lib/aws/consume.ts';
import { log } from '../../lib/aws/log.ts';
import { mostTries, subscriber } from '../../lib/kit/context.ts';
import { contended, Problem } from '../../lib/kit/problem.ts';
import { poolChanged } from '../../lib/licensing/events.ts';

const failing = (error: Error) =>
  subscriber({
    id: 'on-pool-changed',
    on: poolChanged,
    impact: 'None.',
    handle: () => Promise.reject(error),
  });

const eventId = `evt_${'0'.repeat(26)}`;
const detail = {
  id: eventId,
  type: poolChanged.type,
  source: 'quartermaster',
  at: '2026-01-01T00:00:00.000Z',
  tenant: { id: 'prv_1', providerId: 'prv_1', path: ['plt_1', 'prv_1'] },
  actor: { id: 'per_1', kind: 'person', home: 'prv_1' },
  subject: 'prv_1',
  data: poolChanged.example,
  traceId: 'trace',
};
const whole = {
  id: 'bus-id',
  source: 'quartermaster',
  'detail-type': poolChanged.type,
  time: detail.at,
  detail,
};

/** What was logged of the end of an event that comes for the `tries`th time. */
async function logged(
  tries: number,
  error: Error,
  { body = JSON.stringify(whole), title = 'dead letter' } = {},
) {
  const spy = vi.spyOn(log(), 'error').mockReturnValue(undefined);
  const record = {
    messageId: 'm',
    body,
    attributes: { ApproximateReceiveCount: String(tries) },
    eventSourceARN: 'arn:aws:sqs:eu-central-1:111111111111:the-queue',
  };
  const answer = await consume([failing(error)])({ Records: [record] } as never, {} as never);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] });
  const lines = spy.mock.calls.filter(([line]) => line === title).map(([, more]) => more);
  spy.mockRestore();
  return lines;
}

describe('an event that is given up', () => {
  it('leaves its id and its reason in the log, and nothing of what it says', async () => {
    const secret = new TypeError('ada@example.com is not a function');
    expect(await logged(mostTries, secret)).toEqual([
      { eventId, type: poolChanged.type, tenant: 'prv_1', queue: 'the-queue', reason: 'TypeError' },
    ]);
  });

  it('is traced by name, code and place at each try, and nothing of what the error says is kept', async () => {
    const secret = Object.assign(new SyntaxError('Unexpected token \n    at s3cret:1:1'), {
      code: 'E_SYNTAX',
    });
    const [line] = await logged(1, secret, { title: 'reaction failed' });
    expect(line).toMatchObject({ error: 'SyntaxError', code: 'E_SYNTAX' });
    expect((line as unknown as { at: string[] }).at[0]).toMatch(/dead-letters\.test\.ts:\d+:\d+/);
    expect(JSON.stringify(line)).not.toMatch(/s3cret|Unexpected/);
  });

  it('names a refusal by its code', async () => {
    expect(await logged(mostTries, new Problem(contended))).toMatchObject([{ reason: contended.code }]);
  });

  it('is told even where nobody can read it', async () => {
    expect(await logged(mostTries, new Error(), { body: '{' })).toMatchObject([{ reason: 'SyntaxError' }]);
    expect(await logged(mostTries, new Error(), { body: 'null' })).toMatchObject([{ queue: 'the-queue' }]);
  });

  it('is not told while it will be tried again', async () => {
    expect(await logged(mostTries - 1, new Error())).toEqual([]);
  });
});
