import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { settingsKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { systemSwitched } from './events.ts';
import { acknowledgementRequired, alreadySwitched, creditsOff, mspModeOff } from './problems.ts';

/** The provider's switch: one pricing system, currency or credits. Source: domain.md §1.5.1–1.5.4. */
export const creditSystem = z.strictObject({
  enabled: z.boolean(),
  switchedAt: z.string().nullable(),
  effects: z.array(z.string()).describe('What switching did, or would do'),
});
export type CreditSystem = z.infer<typeof creditSystem>;

export const switchCommand = z.strictObject({
  enabled: z.boolean(),
  acknowledgeCostDataLoss: z
    .boolean()
    .default(false)
    .describe('Must be true: all existing cost data is lost'),
});

type Stored = Readonly<Record<string, unknown>> | undefined;

const effectsOf = (enabled: boolean) =>
  enabled
    ? [
        'All existing cost data is lost',
        'Every chargeable service becomes free until it is priced in credits',
        'A balance must be set for every customer',
      ]
    : [
        'All existing cost data is lost',
        'Every service priced in credits becomes free',
        'Balances are kept and nobody changes them while the system is off; what expires still does, and requests that are rejected, cancelled or fail still give their credits back',
      ];

/** The switch as stored; off with version 0 before it was ever used. */
export function toSystem(stored: Stored): { system: CreditSystem; version: number } {
  if (!stored) return { system: { enabled: false, switchedAt: null, effects: [] }, version: 0 };
  const enabled = stored.enabled === true;
  return {
    system: { enabled, switchedAt: String(stored.switchedAt), effects: effectsOf(enabled) },
    version: Number(stored.version),
  };
}

/** Switches the credit system on or off. Only in MSP mode, and only with the acknowledgement. */
export function switchSystem(
  state: { providerId: string; stored: Stored; mspMode: Stored; ifMatch: string | undefined },
  command: z.output<typeof switchCommand>,
  now: string,
): Plan<CreditSystem> {
  const { system, version } = toSystem(state.stored);
  expectVersion(state.ifMatch, version);
  if (state.mspMode?.enabled !== 1) refuse(mspModeOff);
  if (system.enabled === command.enabled) refuse(alreadySwitched);
  if (!command.acknowledgeCostDataLoss)
    refuse(acknowledgementRequired, undefined, { effects: effectsOf(command.enabled) });
  const key = settingsKey(state.providerId, 'CREDIT_SYSTEM');
  const item = {
    ...key,
    kind: 'creditSystem',
    enabled: command.enabled,
    switchedAt: now,
    version: version + 1,
  };
  return {
    writes: [
      version === 0 ? { do: 'create', item } : { do: 'replace', item, version },
      { do: 'check', key: settingsKey(state.providerId, 'MSP_MODE'), version: Number(state.mspMode.version) },
    ],
    receipt: {
      action: command.enabled ? 'credits.switch_on' : 'credits.switch_off',
      subject: state.providerId,
      ...difference({ enabled: system.enabled }, { enabled: command.enabled }),
    },
    announcements: [announce(systemSwitched, state.providerId, { enabled: command.enabled })],
    reply: {
      body: { enabled: command.enabled, switchedAt: now, effects: effectsOf(command.enabled) },
      version: version + 1,
    },
  };
}

/** Refuses while the credit system is off. */
export function requireSystem(stored: Stored): void {
  if (!toSystem(stored).system.enabled) refuse(creditsOff);
}
