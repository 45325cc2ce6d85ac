import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';

/** An MSP that has 1,000 devices, and who reads its mails. */
export async function suppliedMsp(): Promise<{ msp: Msp; mailbox: Mailbox }> {
  const mailbox = await openMailbox();
  const msp = await makeMsp();
  await ensureMspMode(msp);
  const headers = { 'if-match': '"0"' };
  await call('PUT /v1/licence-pool/DEVICE', { as: msp.catalog, body: { licensed: 1000 }, headers });
  return { msp, mailbox };
}
