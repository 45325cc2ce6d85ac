import type { Entry } from './entry.ts';

/** Automatic top-up: below which balance, how much, and how often at most. */
export interface TopUp {
  readonly below: number;
  readonly amount: number;
  readonly cooldownMinutes: number;
  readonly maxPerDay: number;
}

/** What a customer's ledger is told to do. Kept on every entry, changed by one. */
export interface Settings {
  readonly alertLimit: number | null;
  readonly rearmPercent: number;
  readonly blockBelowZero: boolean;
  readonly daysLeftAlert: number | null;
  readonly topUp: TopUp | null;
}

export const defaultSettings: Settings = {
  alertLimit: null,
  rearmPercent: 5,
  blockBelowZero: false,
  daysLeftAlert: null,
  topUp: null,
};

type Kept = Pick<Entry, 'alertLimit' | 'rearmPercent' | 'blockBelowZero' | 'daysLeftAlert' | 'topUp'>;

/** The settings that an entry keeps. */
export function settingsIn(head: Kept | null): Settings {
  if (!head) return defaultSettings;
  const { alertLimit, rearmPercent, blockBelowZero, daysLeftAlert = null, topUp: kept } = head;
  const [below = 0, amount = 0, cooldownMinutes = 0, maxPerDay = 0] = kept ?? [];
  const topUp = kept ? { below, amount, cooldownMinutes, maxPerDay } : null;
  return { alertLimit, rearmPercent, blockBelowZero, daysLeftAlert, topUp };
}

/** Settings as an entry keeps them. */
export function keep({ daysLeftAlert, topUp, ...rest }: Settings): Kept {
  return {
    ...rest,
    ...(daysLeftAlert === null ? {} : { daysLeftAlert }),
    ...(topUp ? { topUp: [topUp.below, topUp.amount, topUp.cooldownMinutes, topUp.maxPerDay] } : {}),
  };
}
