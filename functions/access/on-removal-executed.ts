import { customerReleased, removalExecuted, removalFinished } from '../../lib/access/events.ts';
import { finished, removalItem } from '../../lib/access/removal.ts';
import { type Drained, listOf, type Report, sign } from '../../lib/access/removal-report.ts';
import { machinesAt, partnersPackages, removalAtBoth } from '../../lib/access/removal-store.ts';
import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { packageOf } from '../../lib/endpoints/console-store.ts';
import { revokePackage } from '../../lib/endpoints/package.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Actor, Node } from '../../lib/kit/scope.ts';
import { revoke } from '../../lib/probes/lifecycle.ts';
import { planOf } from '../../lib/probes/step.ts';
import { probeOf, probePage } from '../../lib/probes/store.ts';

const turnMs = 40_000;
const atOnce = 100;
const why = 'The customer was removed from its partner';

type Executed = Envelope<{ removalId: string; partnerId: string }>;

/** Shuts the partner's probes and packages out of a removed customer, then writes the report: each step once, whoever tries again. */
export const onRemovalExecuted = subscriber({
  id: 'on-removal-executed',
  on: removalExecuted,
  impact: 'Agents of a former partner still report from a removed customer, and the removal has no report.',
  handle: async (envelope) => {
    const until = Date.now() + turnMs;
    const { subject: customerId, data } = envelope;
    const { partners } = await removalAtBoth(data.partnerId, customerId, data.removalId);
    if (!partners || partners.report) return;
    const probes = await drainProbes(envelope, until);
    for (const packageId of await partnersPackages(customerId)) await shutPackage(envelope, packageId);
    await writeReport(envelope, probes);
  },
});

const by = ({ actor }: Executed): Actor => ({
  id: 'on-removal-executed',
  kind: 'system',
  home: actor.home,
  onBehalfOf: actor.id,
});

const nodeAt = async (nodeId: string): Promise<Node | undefined> => toNode(await get(nodeKey(nodeId), true));

async function drainProbes(envelope: Executed, until: number): Promise<Drained[]> {
  const out: Drained[] = [];
  let after: string | undefined;
  do {
    const { sights, next } = await probePage(envelope.subject, { limit: atOnce, after });
    for (const { probe } of sights) {
      if (Date.now() > until)
        throw new Error('There are more probes to shut out: goes on at the next delivery');
      const found = await shutProbe(envelope, probe.id);
      if (found) out.push(found);
    }
    after = next ?? undefined;
  } while (after);
  return out;
}

async function shutProbe(envelope: Executed, probeId: string): Promise<Drained | undefined> {
  const customerId = envelope.subject;
  let out: Drained | undefined;
  await react(envelope, async () => {
    const [sight, target] = await Promise.all([probeOf(customerId, probeId), nodeAt(customerId)]);
    if (!sight || !target) return undefined;
    const { pulse } = sight;
    const isOut = pulse.state === 'RETIRED' || (pulse.state === 'REVOKED' && pulse.enrolment === undefined);
    const step = isOut ? undefined : revoke(pulse, why);
    out = {
      id: probeId,
      state: (step?.after ?? pulse).state,
      seenAt: pulse.seenAt ?? null,
      sequence: pulse.count,
      credential: 'OUT',
    };
    return step && { plan: planOf(step, {}), target, actor: by(envelope) };
  });
  return out;
}

async function shutPackage(envelope: Executed, packageId: string): Promise<void> {
  const customerId = envelope.subject;
  await react(envelope, async (now) => {
    const [found, target] = await Promise.all([packageOf(customerId, packageId), nodeAt(customerId)]);
    if (!found || found.state === 'REVOKED' || !target) return undefined;
    return { plan: revokePackage(customerId, found, now), target, actor: by(envelope) };
  });
}

async function writeReport(envelope: Executed, probes: readonly Drained[]): Promise<void> {
  const { subject: customerId, data } = envelope;
  const machines = listOf(await machinesAt(customerId));
  await react(envelope, async (now) => {
    const [{ partners, own, parents }, target, home] = await Promise.all([
      removalAtBoth(data.partnerId, customerId, data.removalId),
      nodeAt(customerId),
      nodeAt(data.partnerId),
    ]);
    const parent = parents && (await nodeAt(partners?.parentId ?? ''));
    if (!partners?.executedAt || partners.report || !own || !target) return undefined;
    const { follows, licences, customerName, partner, personId } = partners;
    const told: Report = {
      schema: 1,
      removalId: partners.id,
      customer: { id: customerId, name: customerName },
      partner,
      licences,
      executedAt: partners.executedAt,
      readyAt: now,
      follows,
      probes: listOf(probes),
      machines,
      packagesRevoked: follows.packages,
    };
    const signed = sign(told);
    const { sha256 } = signed;
    const writes = [
      { at: data.partnerId, before: partners },
      { at: customerId, before: own },
      ...(parents && partners.parentId ? [{ at: partners.parentId, before: parents }] : []),
    ].map(({ at, before }) => ({
      do: 'replace' as const,
      version: before.version,
      item: removalItem(at, finished(before, signed)),
    }));
    const receipt = { action: 'removals.finish', subject: partners.id, after: { sha256 } };
    const { deadline } = follows;
    return {
      target,
      actor: by(envelope),
      plan: {
        writes,
        receipt,
        announcements: [
          announce(removalFinished, customerId, {
            ...{
              removalId: partners.id,
              partnerId: partner.id,
              partnerName: partner.name,
              licences,
              deadline,
              sha256,
            },
          }),
        ],
        aside: [
          { at: home, personId: personId ?? '' },
          { at: parent, personId: null },
        ].flatMap(({ at, personId }) =>
          at
            ? [
                {
                  target: at,
                  receipt,
                  announcements: [
                    announce(customerReleased, partners.id, { customerId, customerName, personId, sha256 }),
                  ],
                },
              ]
            : [],
        ),
        reply: {},
      },
    };
  });
}
