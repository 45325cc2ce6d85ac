import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { violations } from '../../infra/fsck/examine.ts';
import { announcedIn } from '../../infra/ops-announce.ts';
import { behind, sayBehind, settleRestore } from '../../infra/restore.ts';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { everything } from '../../lib/aws/scan.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { deskOf } from '../access/desk.ts';
import { enrolledAgent } from '../kit/agent.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Mailbox, openMailbox, throttled } from '../kit/mailbox.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { createTable } from '../kit/table.ts';
import { addCustomer, call, makeMsp } from '../kit/world.ts';

/** What the drill found, besides the lines that it says. */
export interface Outcome {
  readonly violations: readonly string[];
  readonly mailsAfter: readonly string[];
  readonly session: { readonly before: number; readonly after: number };
  readonly debitAgain: { readonly status: number; readonly balance: number };
  readonly agent: { readonly heartbeat: number; readonly ahead: number; readonly anew: number };
  readonly lost: number;
}

type Say = (line: string) => void;

/**
 * Restores a table as it was, on a copy, after the world has gone on: mails were sent, a session ended, an agent reported,
 * credits were debited and a customer added that the restored table does not know of.
 */
export async function drill(say: Say): Promise<Outcome> {
  const box = await openMailbox();
  const before = process.env.TABLE_NAME;
  const [old, restored] = ['before-restore', 'before-restore-restored'];
  try {
    process.env.TABLE_NAME = old;
    await createTable(new DynamoDBClient({}), old);
    return await play(say, { box, restored });
  } finally {
    if (before === undefined) delete process.env.TABLE_NAME;
    else process.env.TABLE_NAME = before;
    box.close();
  }
}

async function play(say: Say, { box, restored }: { box: Mailbox; restored: string }): Promise<Outcome> {
  const msp = await makeMsp();
  await plantCreditSystem(msp.id);
  const [one, other] = [await addCustomer(msp), await addCustomer(msp)];
  const as = msp.catalog;
  const creditsOf = ({ id }: { id: string }) => ({
    path: `/v1/customers/${id}/credits`,
    any: { 'if-match': '*' },
  });
  for (const customer of [one, other]) {
    const { path, any } = creditsOf(customer);
    await call(`PATCH ${path}/settings`, { as, body: { alertLimit: 50 }, headers: any });
    await call(`POST ${path}/grants`, { as, body: { amount: 100 } });
  }
  const seen = new Set<string>();
  const deliver = async (events: readonly Envelope[]) => {
    for (const event of events) {
      if (seen.has(event.id)) continue;
      await react(event);
      seen.add(event.id);
    }
  };
  const all = async () => announcedBy(msp.id, one.id, other.id);
  const agent = await enrolledAgent(one.id, as);
  const report = (sequence: number) =>
    agent.send('POST /v1/agent/inventory', {
      sequence,
      items: [{ externalId: `host-${sequence}`, type: 'DEVICE', name: 'A machine' }],
    });
  await agent.heartbeat();
  const desk = deskOf(msp, one);
  await desk.gives();
  const session = (await desk.open()).body;
  await deliver(await all());
  await call(`POST ${creditsOf(one).path}/debits`, { as, key: randomUUID(), body: { amount: 60 } });
  box.refuse(throttled);
  await deliver(await all()).catch(() => undefined);

  const at = new Date().toISOString();
  const snapshot = await everything();
  say(`Restored to ${at}: ${snapshot.length} items; one mail was waiting for SES then`);

  box.refuse(undefined);
  await deliver(await all());
  await desk.end(session.id);
  const key = randomUUID();
  const debit = () => call(`POST ${creditsOf(other).path}/debits`, { as, key, body: { amount: 60 } });
  await debit();
  await addCustomer(msp);
  for (let beat = 0; beat < 3; beat++) await agent.heartbeat();
  await report(1);
  await deliver(await all());
  const gone = (await everything()).length - snapshot.length;
  const sent = box.mails.length;
  say(
    `Since then, and not in the restored table: ${gone} items, ${sent} mails sent in all, a session ended, a debit, a customer`,
  );

  process.env.TABLE_NAME = restored;
  await createTable(new DynamoDBClient({}), restored);
  const batches = Array.from({ length: Math.ceil(snapshot.length / 25) }, (_, n) =>
    snapshot.slice(n * 25, n * 25 + 25),
  );
  await several(batches, (batch) => {
    const puts = batch.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    return ask('BatchWriteItem', { RequestItems: { [restored]: puts } });
  });
  await fsck(say, 'as it was restored');
  const opens = (await desk.reads(session.token)).status;
  say(`The session that was ended since opens the console again: ${opens}`);
  const found = await behind();
  for (const line of sayBehind(found)) say(line);
  await settleRestore(found);
  const closed = (await desk.reads(session.token)).status;
  say(`The same session after ops settle-restore: ${closed}`);
  const again = await behind();
  say(`ops settle-restore again: ${again.mails.length} mails, ${again.sessions.length} sessions left`);

  seen.clear();
  const events = await announcedIn({ since: '2020', until: '2100' });
  await deliver(events);
  say(`${events.length} events announced again: ${box.mails.length - sent} mails`);
  const retried = await debit();
  const { body: balance } = await call(`GET ${creditsOf(other).path}`, { as });
  say(`The debit that was lost, sent again with its key: ${retried.status}, balance ${balance.balance}`);
  const told = box.mails.length;
  await deliver(await all());
  const mailsAfter = box.mails.slice(sent).map(({ subject }) => subject.replace(/^.*: /, ''));
  say(`${box.mails.length - told} mail for it: its crossing happened again (${mailsAfter.join(', ')})`);
  const heartbeat = (await agent.heartbeat()).status;
  const ahead = await report(2);
  const anew = await report(1);
  say(`The agent, whose count is ahead of the table: heartbeat ${heartbeat}`);
  say(
    `Its next inventory report: ${ahead.status} ${ahead.body?.code}; begun anew, as its protocol says: ${anew.status}`,
  );
  return {
    violations: await fsck(say, 'at the end'),
    mailsAfter,
    session: { before: opens, after: closed },
    debitAgain: { status: retried.status, balance: balance.balance },
    agent: { heartbeat, ahead: ahead.status, anew: anew.status },
    lost: gone,
  };
}

async function fsck(say: Say, when: string): Promise<string[]> {
  const items = await everything();
  const found = await violations(items);
  say(`fsck ${when}: ${items.length} items, ${found.length} violations`);
  for (const { invariant, where, what } of found.slice(0, 5)) say(`  ${invariant}: ${where}: ${what}`);
  return found.map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
}

if (import.meta.main) {
  const setup = (await import('../kit/setup.ts')).default;
  const stop = await setup();
  await drill((line) => process.stdout.write(`${line}\n`)).finally(stop);
  process.exit(0);
}
