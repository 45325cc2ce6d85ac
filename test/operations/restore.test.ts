import { expect, it } from 'vitest';
import { print } from '../kit/stack.ts';
import { ofType, target, wired } from '../kit/synth.ts';
import { drill } from './drill.ts';

it('a restored table is whole, tells nobody twice, lets nobody in who was shut out, and goes on', async () => {
  const outcome = await drill(print);
  expect(outcome).toMatchObject({
    violations: [],
    mailsAfter: ['a session of your partner was used wrongly, and refused', 'credit balance below 50'],
    session: { before: 200 },
    debitAgain: { status: 201, balance: 40 },
    agent: { heartbeat: 200, ahead: 409, anew: 200 },
  });
  expect(outcome.session.after).toBeGreaterThanOrEqual(400);
  expect(outcome.lost).toBeGreaterThan(0);
});

it('the stack goes on with a restored table', () => {
  const tableArn = 'arn:aws:dynamodb:us-east-1:111111111111:table/quartermaster-restored';
  const streamArn = `${tableArn}/stream/2026-11-21T00:00:00.000`;
  const template = wired([], { restoredTable: { tableArn, streamArn } });
  expect(ofType(template, 'AWS::DynamoDB::Table')).toEqual([]);
  const sources = ofType(template, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties.EventSourceArn,
  );
  expect(sources.filter((one) => target(one) === undefined)).toContain(streamArn);
  const names = ofType(template, 'AWS::Lambda::Function').flatMap(
    ([, { Properties }]) => Properties.Environment?.Variables?.TABLE_NAME ?? [],
  );
  expect(new Set(names)).toEqual(new Set(['quartermaster-restored']));
});
