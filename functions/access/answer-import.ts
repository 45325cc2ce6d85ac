import * as z from 'zod';
import { askToLeave, confirm, decline } from '../../lib/access/confirmation.ts';
import { tokenPattern } from '../../lib/access/import-link.ts';
import { cannotLink, nobodyToLeave, removeFirst } from '../../lib/access/import-problems.ts';
import { behind } from '../../lib/access/import-store.ts';
import { opened } from '../../lib/access/opened.ts';
import { namesMove } from '../../lib/customers/problems.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { paragraph } from '../../lib/kit/text.ts';
import { factsFor, handOver, obstacleTo } from './handover.ts';
import { noteHindered, noteStranger } from './note-try.ts';

export const answerImport = route({
  id: 'answerImport',
  method: 'POST',
  path: '/v1/customer-imports/confirmation',
  summary: 'Confirm or decline that a partner looks after your account, by the link that you were mailed',
  description:
    'What the page behind the link does, for whoever is signed in as the administrator whom it was mailed to; for anybody else, and for a link that leads nowhere any more, there is nothing here. ASK_TO_LEAVE has the partner that looks after you now told that you wish to go: once it has removed you, the same link confirms.',
  permission: 'access.decide',
  target: { home: ['CUSTOMER', 'RESELLER'] },
  body: z.strictObject({
    token: z.string().regex(tokenPattern, 'must be what the link says after `token=`'),
    decision: z.enum(['CONFIRM', 'DECLINE', 'ASK_TO_LEAVE']).default('CONFIRM'),
    reason: paragraph(500).optional().describe('Of declining; the partner reads it'),
  }),
  reply: {
    status: 200,
    body: z.strictObject({ state: z.enum(['CONFIRMED', 'DECLINED', 'REMOVAL_ASKED']) }),
  },
  refuses: [removeFirst, nobodyToLeave, cannotLink, namesMove],
  load: async ({ body, now, home, person, consistent, scope, requestId }) => {
    const { token, decision } = body;
    const found = opened(await behind(token), now);
    const own = found?.link.customerId === home && found.link.personId === person ? found : undefined;
    // Only a consistent look refuses; what it refuses for is kept.
    if (found && !own && consistent) await noteStranger(token, (await scope()).actor, requestId);
    const facts = decision === 'CONFIRM' ? await factsFor(own, consistent) : undefined;
    const obstacle = own && consistent ? obstacleTo(own, facts, { now, again: true }) : undefined;
    if (!obstacle) return { found: own, facts };
    await scope();
    const open = await noteHindered(token, obstacle, requestId);
    return { found: open && own, facts };
  },
  decide: ({ body, now, again }, { found = refuse(notFound), facts }) => {
    if (body.decision === 'DECLINE') return decline(found, body.reason ?? null, now);
    if (body.decision === 'ASK_TO_LEAVE') return askToLeave(found, now);
    return confirm(found, handOver(found, facts, { now, again }), now);
  },
});
