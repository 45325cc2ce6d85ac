import { importAsked } from '../../lib/access/events.ts';
import { alsoAbove, dateOf, done, seen } from '../../lib/access/import-words.ts';
import { countMail, type Invitation, invited } from '../../lib/access/invitation.ts';
import { accountOf, issueToken } from '../../lib/access/invitation-store.ts';
import { env } from '../../lib/aws/env.ts';
import { now, secret } from '../../lib/aws/world.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { importAsked as say, withLink } from '../../lib/notifications/import-emails.ts';
import { tellPeople } from './tell-people.ts';

const patienceMs = 5000;

export const onImportAsked = subscriber({
  id: 'on-import-asked',
  on: importAsked,
  impact: 'No administrator is mailed that a partner asks to look after their account.',
  handle: async (envelope) => {
    const { importId, round } = envelope.data;
    const look = async (at: string) => {
      const account = await accountOf(envelope.tenant.id, importId, at);
      return { account, invitation: invited(account, round, at) };
    };
    const { invitation } = await look(now());
    if (!invitation) return;
    const { customer, address, partner, above, one, transfer } = invitation;
    const terms = [...seen(partner.name), ...done(partner.name, one)];
    const facts = {
      ...{ partnerName: partner.name, endsAt: dateOf(one.endsAt), terms, transfer },
      above: alsoAbove(partner.name, above, one),
    };
    await tellPeople(
      envelope,
      { tenantId: customer.id, kind: 'IMPORT_ASKED', recipients: [address] },
      {
        message: say(facts),
        beside: async (at) => {
          const again = await look(at);
          const counted = again.invitation && countMail(address, again.account.mails, at);
          return counted && [counted];
        },
        complete: async (kept) => {
          const current = (await look(now())).invitation;
          return current && withLink(kept, await freshLink(current));
        },
      },
    );
  },
});

/** The token is made here and stands nowhere but in the mail: sent again, another one is made and this one is dead. */
async function freshLink(invitation: Invitation): Promise<string> {
  const token = secret(32);
  await issueToken(
    invitation,
    { token, now: now() },
    { token: secret(24), deadline: Date.now() + patienceMs },
  );
  return `${env('PUBLIC_URL')}/import/confirm?token=${token}`;
}
