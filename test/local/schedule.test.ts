import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../infra/local/schedule.ts';

const at = (text: string) => Date.parse(`2026-11-21T${text}Z`);

describe('a schedule', () => {
  it.each<[string, string, string, boolean]>([
    ['rate(5 minutes)', '10:00:00', '10:04:59', false],
    ['rate(5 minutes)', '10:00:00', '10:05:00', true],
    ['rate(1 hour)', '10:00:00', '11:00:00', true],
    ['cron(15 10 * * ? *)', '10:14:00', '10:14:59', false],
    ['cron(15 10 * * ? *)', '10:14:59', '10:15:00', true],
    ['cron(15 10 * * ? *)', '10:15:01', '10:15:59', false],
    ['cron(0/10 * * * ? *)', '10:01:00', '10:10:00', true],
    ['cron(0 8-10 ? * MON-FRI *)', '09:59:00', '10:00:00', false],
    ['cron(0 8-10 ? * SAT *)', '09:59:00', '10:00:00', true],
    ['cron(0 10 21 NOV ? 2026)', '09:59:00', '10:00:00', true],
    ['cron(0 10 1 * ? *)', '09:59:00', '10:00:00', false],
  ])('%s after %s at %s: %s', (expression, previous, now, due) => {
    expect(parseSchedule(expression)(at(previous), at(now))).toBe(due);
  });

  it('has hours as long as it is told', () => {
    const due = parseSchedule('rate(2 hours)', 5);
    expect([due(at('10:00:00'), at('10:00:09')), due(at('10:00:00'), at('10:00:10'))]).toEqual([false, true]);
  });

  it('makes up once for what was missed while nothing ran', () => {
    expect(parseSchedule('cron(0 3 * * ? *)')(at('02:00:00'), at('09:00:00'))).toBe(true);
  });

  it('is refused when it is not understood', () => {
    expect(() => parseSchedule('every day')).toThrow('not known locally');
  });
});
