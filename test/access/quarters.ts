import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { createTable } from '../kit/table.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';

/** A table of the file's own, so that all of it can be looked at, with an MSP that has 1,000 devices and a mailbox. */
export async function ownTable(name: string): Promise<{ msp: Msp; mailbox: Mailbox }> {
  process.env.TABLE_NAME = name;
  await createTable(new DynamoDBClient({}), name);
  const mailbox = await openMailbox();
  const msp = await makeMsp();
  await ensureMspMode(msp);
  const headers = { 'if-match': '"0"' };
  await call('PUT /v1/licence-pool/DEVICE', { as: msp.catalog, body: { licensed: 1000 }, headers });
  return { msp, mailbox };
}
