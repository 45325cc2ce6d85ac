import * as z from 'zod';
import {
  begun,
  mustCount,
  removal,
  removalItem,
  replaced,
  selfManaged,
  viewRemoval,
} from '../../lib/access/removal.ts';
import { removalExecuted } from '../../lib/access/removal-events.ts';
import {
  removalBlocked,
  removalChanged,
  removalDone,
  removalLapsed,
} from '../../lib/access/removal-problems.ts';
import { removalOf } from '../../lib/access/removal-store.ts';
import { atNodeBelow } from '../../lib/aws/vouch.ts';
import { mustFit, unlink } from '../../lib/customers/link.ts';
import { tooMuchAtOnce } from '../../lib/customers/problems.ts';
import { announce } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { inScope, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { groundAt, told } from './removal-facts.ts';

/** The customer's entry, the partner's, and the claim of the key. */
const beside = 3;

export const executeRemoval = route({
  id: 'executeRemoval',
  method: 'POST',
  path: '/v1/removal-plans/{removalId}/execution',
  summary: 'Remove a customer as planned: in one change',
  description:
    'From then on it is not found here. Its probes are shut out in the background; when that is done the plan is READY and has a report, for you and for the customer.',
  permission: 'removals.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ removalId: id('removal') }),
  reply: { status: 200, body: removal },
  refuses: [removalBlocked, removalLapsed, removalChanged, removalDone, tooMuchAtOnce],
  load: async ({ home, params, now }) => {
    const one = await removalOf(home, params.removalId);
    if (!one || one.executedAt !== null) return { one, ground: undefined };
    return atNodeBelow(one.customerId, async (node) => ({
      one,
      ground: node && (await groundAt(node, now)),
    }));
  },
  decide: ({ scope, now }, { one = refuse(notFound), ground }) => {
    if (one.executedAt !== null) refuse(removalDone);
    if (!ground || !inScope(scope.home, ground.node)) return refuse(removalChanged);
    const { node, estate, around } = ground;
    const { facts, parting } = told(ground, { ...one, plannedAt: one.createdAt, now });
    mustCount(one, facts.fingerprint, now);
    const after = begun(one, {
      personId: scope.actor.id,
      parentId: String(node.item.parentId),
      now,
    });
    const ours = [
      ...parting.writes,
      ...selfManaged({ customerId: node.id, providerId: providerOf(node) }, around),
      replaced(scope.home.id, after),
      ...[node.id, after.parentId].flatMap((at) =>
        at === null ? [] : [{ do: 'create', item: removalItem(at, after) } as const],
      ),
    ];
    const left = unlink(node, estate, { now, beside: beside + ours.length });
    const writes = [...left.writes, ...ours];
    mustFit(writes, 100 - beside);
    const { licences, deadlineDays, follows } = after;
    return {
      writes,
      receipt: {
        action: 'removals.execute',
        subject: one.id,
        after: { customerId: node.id, licences, deadlineDays },
      },
      aside: [
        {
          target: { ...node, path: [platformId, node.id] },
          receipt: {
            action: 'customers.unlink',
            subject: node.id,
            before: { parentId: String(node.item.parentId) },
            after: { parentId: platformId, licences, follows },
          },
          announcements: [
            ...left.announcements,
            ...parting.announcements,
            announce(removalExecuted, node.id, { removalId: one.id, partnerId: scope.home.id }),
          ],
        },
      ],
      reply: { body: viewRemoval(after, now), version: after.version },
    };
  },
});
