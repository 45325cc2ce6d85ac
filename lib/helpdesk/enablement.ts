import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { nodeKey } from '../kit/keys.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Effect, effect, effectsOfDisabling, effectsOfEnabling } from './effect.ts';
import { type Facts, requireEligible } from './eligibility.ts';
import { mspModeDisabled, mspModeEnabled } from './events.ts';
import { auditMode, type MspMode, mspMode, rewrite, stand, viewMspMode } from './msp-mode.ts';
import { alreadyEnabled, customersExist, notEnabled, onlyByTicket } from './problems.ts';

export const switched = z.strictObject({ mspMode, effects: z.array(effect) });
export type Switched = z.infer<typeof switched>;

/** The system administrator, or the operator's command, enables MSP mode on premises: the same checks as a ticket. */
export function enableMspOnPremises(
  { provider, mode }: { provider: Facts; mode: MspMode },
  now: string,
): Plan<Switched> {
  if (provider.hosting !== 'ON_PREMISES') refuse(onlyByTicket);
  if (mode.standing.state === 'ENABLED') refuse(alreadyEnabled);
  requireEligible(provider, mode);
  const after = stand(mode, { state: 'ENABLED', ticketId: null }, now);
  const unchanged: Write = { do: 'check', key: nodeKey(provider.id), version: provider.version };
  const plan = switchedTo(mode, { after, action: 'msp_mode.enable', effects: effectsOfEnabling });
  return {
    ...plan,
    writes: [...plan.writes, unchanged],
    announcements: [announce(mspModeEnabled, provider.id, { providerId: provider.id, ticketId: null })],
  };
}

/** Switches MSP mode off, which is possible only while no customer exists. */
export function disableMsp(mode: MspMode, now: string): Plan<Switched> {
  if (mode.standing.state !== 'ENABLED') refuse(notEnabled);
  if (mode.customers > 0) refuse(customersExist, undefined, { customers: mode.customers });
  const after = stand(mode, { state: 'DISABLED' }, now);
  return {
    ...switchedTo(mode, { after, action: 'msp_mode.disable', effects: effectsOfDisabling }),
    announcements: [announce(mspModeDisabled, mode.providerId, { providerId: mode.providerId })],
  };
}

function switchedTo(
  before: MspMode,
  { after, action, effects }: { after: MspMode; action: string; effects: readonly Effect[] },
): Plan<Switched> {
  return {
    writes: [rewrite(after)],
    receipt: {
      action,
      subject: after.providerId,
      tenantId: after.providerId,
      ...difference(auditMode(before), { ...auditMode(after), effects: effects.map(({ code }) => code) }),
    },
    reply: { body: { mspMode: viewMspMode(after), effects: [...effects] }, version: after.version },
  };
}
