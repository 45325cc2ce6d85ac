import { describe, expect, it } from 'vitest';
import { isToldBelowZero, judge, type Meter } from '../../lib/credits/alerts.ts';
import { defaultSettings } from '../../lib/credits/settings.ts';

const now = '2026-03-01T12:00:00.000Z';
const before = '2026-02-01T00:00:00.000Z';
const customerId = 'cus_00000000000000000000000000';
const meter = ({ settings, ...more }: Partial<Omit<Meter, 'settings'>> & { settings?: object }): Meter => ({
  ...{ customerId, balance: 100, perDay: undefined, bands: {} },
  ...more,
  settings: { ...defaultSettings, ...settings },
});
const look = (of: Parameters<typeof meter>[0]) => judge(meter(of), now);
const low = (data: object) => ({
  type: 'credits.balance_low.v1',
  subject: customerId,
  data: { meter: 'CREDITS', ...data },
});
const back = (data: object) => ({ ...low(data), type: 'credits.balance_recovered.v1' });
const zero = { id: 'below-0', at: 0 };

describe('the alerts of a balance', () => {
  it('are below zero always, and below the limit where there is one', () => {
    expect(look({ balance: 0 })).toEqual({
      bands: { 'below-0': null },
      daysLeft: undefined,
      announcements: [],
    });
    expect(look({ balance: -1 })).toEqual({
      bands: { 'below-0': now },
      daysLeft: undefined,
      announcements: [low({ value: -1, limit: null, thresholds: [zero] })],
    });
    expect(look({ settings: { alertLimit: 0 }, balance: -1 }).announcements).toEqual([
      low({ value: -1, limit: 0, thresholds: [zero] }),
    ]);
    expect(look({ settings: { alertLimit: 50 }, balance: 49 })).toEqual({
      bands: { 'below-50': now, 'below-0': null },
      daysLeft: undefined,
      announcements: [low({ value: 49, limit: 50, thresholds: [{ id: 'below-50', at: 50 }] })],
    });
    expect(look({ settings: { alertLimit: 50 }, balance: 50 }).announcements).toEqual([]);
  });

  it('of one look are one, and so is what is back', () => {
    const settings = { alertLimit: 100, rearmPercent: 5 };
    const both = [{ id: 'below-100', at: 100 }, zero];
    expect(look({ settings, balance: -15 }).announcements).toEqual([
      low({ value: -15, limit: 100, thresholds: both }),
    ]);
    const bands = { 'below-100': before, 'below-0': before };
    const at = (balance: number) => look({ settings, balance, bands });
    expect(at(4).announcements).toEqual([]);
    expect(at(4).bands).toEqual(bands);
    expect(at(5).announcements).toEqual([back({ value: 5, limit: 100, thresholds: [zero] })]);
    expect(at(105)).toEqual({
      bands: { 'below-100': null, 'below-0': null },
      daysLeft: undefined,
      announcements: [back({ value: 105, limit: 100, thresholds: both })],
    });
  });

  it('say how long it lasts where that is watched and a pace is known', () => {
    const settings = { daysLeftAlert: 10 };
    expect(look({ settings, balance: 100 })).toEqual({
      bands: { 'below-0': null, 'days-10': null },
      daysLeft: undefined,
      announcements: [],
    });
    expect(look({ balance: 100, perDay: 10 }).daysLeft).toBeUndefined();
    const at = (balance: number, bands: Meter['bands'] = {}) =>
      look({ settings, balance, perDay: 10, bands });
    expect(at(100)).toMatchObject({ daysLeft: 10, announcements: [] });
    expect(at(99)).toEqual({
      bands: { 'below-0': null, 'days-10': now },
      daysLeft: 9.9,
      announcements: [
        low({
          value: 99,
          limit: null,
          thresholds: [{ id: 'days-10', at: 10 }],
          daysLeft: 9.9,
          exhaustsOn: '2026-03-11',
        }),
      ],
    });
    expect(at(-20).announcements).toEqual([
      low({
        ...{ value: -20, limit: null, thresholds: [zero, { id: 'days-10', at: 10 }] },
        ...{ daysLeft: 0, exhaustsOn: '2026-03-01' },
      }),
    ]);
    const fired = { 'days-10': before };
    expect(at(109, fired).announcements).toEqual([]);
    expect(at(110, fired).announcements).toEqual([
      back({
        value: 110,
        limit: null,
        thresholds: [{ id: 'days-10', at: 10 }],
        daysLeft: 11,
        exhaustsOn: '2026-03-12',
      }),
    ]);
    // Without a pace no balance is too low: what was told is back.
    expect(look({ settings, balance: 1, bands: fired }).announcements).toMatchObject([
      { type: 'credits.balance_recovered.v1', data: { thresholds: [{ id: 'days-10' }] } },
    ]);
    expect(look({ settings, balance: 1, bands: fired }).announcements[0]?.data).not.toHaveProperty(
      'daysLeft',
    );
    const limited = look({ settings: { ...settings, alertLimit: 50 }, balance: 40, perDay: 1 });
    expect(limited.announcements[0]?.data).not.toHaveProperty('daysLeft');
    expect(limited.daysLeft).toBe(40);
  });

  it('know whether it was told to be below zero', () => {
    const told = [{}, { 'below-0': null }, { 'below-0': before }, { 'below-50': before }];
    expect(told.map((bands) => isToldBelowZero({ bands }))).toEqual([false, false, true, false]);
  });
});
