import { afterAll, beforeAll, expect, it } from 'vitest';
import { newAgent, newHost } from '../kit/agent.ts';
import { deliver } from '../kit/deliver.ts';
import { newMachine, openOffice } from '../kit/machine.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';

let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
});
afterAll(() => mailbox.close());

it('a void package and a copied machine are each mailed once, to the partner and the administrators', async () => {
  const msp = await makeMsp();
  const customer = await addCustomer(msp, { accountManagerEmail: 'manager.of.machines@msp.example.com' });
  const office = await openOffice(msp, customer);
  const machine = await office.enrolled({ name: '<b>Kiosk</b> & Co' });
  const wrong = `${office.token.slice(0, -43)}${'A'.repeat(43)}`;
  for (let n = 0; n < 7; n++) await newMachine().enrol(wrong);
  const { certificate, privateKey } = machine.agent;
  const copy = newMachine(newAgent({ certificate, privateKey, host: newHost(), count: 9 }));
  for (let n = 0; n < 2; n++) await copy.heartbeat();
  await deliver(customer.id);
  for (const address of [customer.admin.email, 'manager.of.machines@msp.example.com']) {
    const mails = mailbox.to(address).filter(({ subject }) => /package|machine/.test(subject));
    expect(mails.map(({ subject }) => subject.replace(/^.*: /, '')).sort()).toEqual([
      'an installation package is void',
      'somebody may have copied the key of machine <b>Kiosk</b> & Co',
    ]);
    for (const { html, text } of mails) {
      expect(html).not.toContain('<b>Kiosk');
      expect(`${html}${text}`).not.toContain(office.token);
    }
  }
});
