import type * as z from 'zod';
import { announce } from '../kit/event.ts';
import { pulseKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { countAdded } from './census.ts';
import { enrolmentHash, enrolmentKey, enrolmentUntil } from './enrolment.ts';
import { probeCreated } from './events.ts';
import { retire } from './lifecycle.ts';
import { newRemoval, removalItem } from './operation.ts';
import {
  auditable,
  type newProbe,
  type Probe,
  type probeChange,
  probeItem,
  probeNameKey,
  takeName,
} from './probe.ts';
import { probeStillUp, wrongProbeState } from './problems.ts';
import { newPulse, type Pulse } from './pulse.ts';
import { planOf, stepOf } from './step.ts';
import type { Sight } from './view.ts';

/** Adds a probe to a customer, with the key that its agent enrols with. `exists`: the customer has a count of probes. */
export function addProbe(
  customer: Pick<Node, 'id' | 'version'>,
  command: z.output<typeof newProbe>,
  made: { id: string; secret: string; now: string; exists: boolean },
): Plan & { sight: Sight; key: string } {
  const { id, now } = made;
  const key = enrolmentKey(customer.id, id, made.secret);
  const probe: Probe = {
    id,
    customerId: customer.id,
    name: command.name,
    proxy: command.proxy ?? null,
    nat: command.nat ?? null,
    createdAt: now,
    changedAt: now,
    retiredAt: null,
    operationId: null,
    version: 1,
  };
  const pulse = newPulse({
    id,
    customerId: customer.id,
    enrolment: enrolmentHash(key),
    enrolmentUntil: enrolmentUntil(now),
  });
  return {
    writes: [
      { do: 'create', item: probeItem(probe) },
      { do: 'create', item: pulseItem(pulse) },
      takeName(probe),
      ...countAdded(customer, made.exists),
    ],
    receipt: { action: 'probes.add', subject: id, after: auditable(probe) },
    announcements: [announce(probeCreated, id, { name: probe.name })],
    reply: {},
    sight: { probe, pulse },
    key,
  };
}

function pulseItem({ customerId, ...pulse }: Pulse) {
  return { ...pulseKey(customerId, pulse.id), kind: 'pulse', ...pulse };
}

/** Changes how a probe is set up; its agent fetches that when it sees the new version. */
export function changeProbe(
  { probe: before, pulse }: Sight,
  command: z.output<typeof probeChange>,
  at: { now: string; ifMatch: string | undefined },
): { sight: Sight; plan: Plan } {
  expectVersion(at.ifMatch, before.version);
  mustStay(pulse);
  const probe: Probe = {
    ...before,
    name: command.name ?? before.name,
    proxy: command.proxy === undefined ? before.proxy : command.proxy,
    nat: command.nat === undefined ? before.nat : command.nat,
    changedAt: at.now,
    version: before.version + 1,
  };
  const configVersion = pulse.configVersion + 1;
  const said = difference(auditable(before), auditable(probe));
  const step = stepOf(pulse, { configVersion }, { action: 'probes.change', seen: ['configVersion'] });
  const plan: Plan = {
    writes: [
      { do: 'replace', item: probeItem(probe), version: before.version },
      ...step.writes,
      ...renamed(before, probe),
    ],
    receipt: { action: 'probes.change', subject: probe.id, ...said },
    reply: {},
  };
  return { sight: { probe, pulse: step.after }, plan };
}

// Another spelling of the same name is still its own.
function renamed(before: Probe, after: Probe): Write[] {
  const from = probeNameKey(before.customerId, before.name);
  if (from.SK === probeNameKey(after.customerId, after.name).SK) return [];
  return [{ do: 'remove', key: from }, takeName(after)];
}

/** How long a retired probe is still shown. */
const retiredDays = 90;

/** Takes a probe out for good: its name is free, its items go in the background. */
export function retireProbe(
  { probe: before, pulse }: Sight,
  command: { operationId: string; force: boolean; now: string; ifMatch: string | undefined },
): { sight: Sight; plan: Plan } {
  const { operationId, now } = command;
  const { customerId, id } = before;
  expectVersion(command.ifMatch, before.version);
  mustStay(pulse);
  if (pulse.state === 'UP' && !command.force) refuse(probeStillUp);
  const probe = { ...before, retiredAt: now, operationId, changedAt: now, version: before.version + 1 };
  const expiresAt = Math.floor(Date.parse(now) / 1000) + retiredDays * 86_400;
  const step = retire(pulse, { operationId, expiresAt });
  const { writes, ...plan } = planOf(step, {});
  const more: Write[] = [
    { do: 'replace', item: { ...probeItem(probe), expiresAt }, version: before.version },
    { do: 'remove', key: probeNameKey(customerId, before.name) },
    {
      do: 'create',
      item: removalItem(newRemoval({ id: operationId, customerId, probeId: id, now })),
    },
  ];
  return { sight: { probe, pulse: step.after }, plan: { ...plan, writes: [...writes, ...more] } };
}

function mustStay({ state }: Pulse): void {
  if (state === 'RETIRED') refuse(wrongProbeState, undefined, { state });
}

/** What was asked for, or 404. */
export const found = <T>(one: T | undefined): T => one ?? refuse(notFound);
