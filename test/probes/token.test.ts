import { describe, expect, it } from 'vitest';
import {
  enrolmentHash,
  enrolmentHours,
  enrolmentKey,
  enrolmentUntil,
  mayRedeem,
  readEnrolmentKey,
} from '../../lib/probes/enrolment.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';

const customerId = `cus_${'1'.repeat(26)}`;
const probeId = `prb_${'2'.repeat(26)}`;
const secret = 'Az09_-'.padEnd(43, 'x');
const key = enrolmentKey(customerId, probeId, secret);
const start = '2026-01-01T00:00:00.000Z';

describe('an enrolment key', () => {
  it('is read as it was written, and not in any other form', () => {
    expect(key).toBe(`qek.${customerId}.${probeId}.${secret}`);
    expect(readEnrolmentKey(key)).toEqual({ customerId, probeId });
    const parts = key.split('.');
    for (let place = 0; place < parts.length; place++)
      for (const put of ['', 'x', `${parts[place]}x`, `x${parts[place]}`, parts[place]?.slice(1) ?? ''])
        expect(readEnrolmentKey(parts.with(place, put).join('.')), put).toBeUndefined();
    for (const other of [
      '',
      'qek',
      `${key}.`,
      `${key}.x`,
      `${key}\n`,
      parts.slice(0, 3).join('.'),
      `qek..${probeId}.${secret}`,
    ])
      expect(readEnrolmentKey(other), other).toBeUndefined();
    expect(readEnrolmentKey(`qek.${probeId}.${customerId}.${secret}`)).toBeUndefined();
    expect(readEnrolmentKey(`qek.${customerId}.${probeId}.${'x'.repeat(42)}!`)).toBeUndefined();
  });

  it('lets its own probe in for a day, to the second, unless that is retired', () => {
    expect(enrolmentHours).toBe(24);
    expect(enrolmentUntil(start)).toBe('2026-01-02T00:00:00.000Z');
    const pulse = {
      ...{ state: 'CREATED', enrolment: enrolmentHash(key), enrolmentUntil: enrolmentUntil(start) },
    } as Pulse;
    const hash = enrolmentHash(key);
    const at = (now: string, more: object = {}, by = hash) => mayRedeem({ ...pulse, ...more }, by, now);
    expect([at(start), at('2026-01-01T23:59:59.999Z'), at('2026-01-02T00:00:00.000Z')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(at(start, {}, enrolmentHash(`${key}x`))).toBe(false);
    expect(at(start, { state: 'RETIRED' })).toBe(false);
    expect(at(start, { state: 'REVOKED' })).toBe(true);
    expect(at(start, { enrolment: undefined })).toBe(false);
    expect(at(start, { enrolment: undefined }, '')).toBe(true);
    expect(at(start, { enrolmentUntil: undefined })).toBe(false);
    expect(hash).not.toContain(secret);
  });
});
