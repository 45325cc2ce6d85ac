import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { toAttributes } from '../../../lib/aws/item.ts';
import type { EntryView } from '../../../lib/credits/entry.ts';
import { configure, grant } from '../../../lib/credits/ledger.ts';
import { fullHour, hoursFromNow, Past } from '../../credits/past.ts';
import { addCustomer, type Desk, listAll, mailsTo, openDesk, stageOf, until } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;

/** Lots that end and balances that are topped up, by the clock. */
export function expiryStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    desk = await openDesk(stageOf(stack));
  });

  it('what is due is booked by the clock and mailed; what is too low is topped up: both with their own grants alone', async () => {
    const [lapsed, thirsty] = [await addCustomer(desk, 'Lapsed'), await addCustomer(desk, 'Thirsty')];
    const past = new Past(lapsed.id);
    const expiresAt = fullHour(-2);
    past.at(hoursFromNow(-9), (ledger, by) => configure(ledger, { alertLimit: 50 }, by));
    past.at(hoursFromNow(-8), (ledger, by) => grant(ledger, { amount: 70, expiresAt }, by));
    const engine = new DynamoDBClient({
      endpoint: stack.dynamoUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const [table = ''] = stack.tableNames;
    const items = past.take().map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    await engine.send(new BatchWriteItemCommand({ RequestItems: { [table]: items } }));

    const credits = `/v1/customers/${thirsty.id}/credits`;
    const topUp = { below: 50, amount: 100, cooldownMinutes: 5, maxPerDay: 2 };
    await desk.admin(`PATCH ${credits}/settings`, { body: { topUp }, ifMatch: '*' });
    await until(async () => (await desk.admin(`GET ${credits}`)).body.balance === 100);

    const entries = () => listAll<EntryView>(desk.admin, `/v1/customers/${lapsed.id}/credits/entries`);
    await until(async () => (await entries())[0]?.type === 'EXPIRE');
    await stack.idle(60);
    const [expired] = await entries();
    expect(expired).toMatchObject({ amount: 70, balanceAfter: 0, actor: { id: 'credits', kind: 'system' } });
    const mails = mailsTo(await stack.mails(), lapsed.address);
    expect(mails.map(({ subject }) => subject.replace(/^.*?: /, ''))).toEqual(['credit balance below 50']);
    expect(stack.denials()).toEqual([]);
  });
}
