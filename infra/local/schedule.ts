import type { Bus } from './bus.ts';
import type { Queue } from './queue.ts';
import type { Source } from './source.ts';
import type { Store } from './store.ts';
import type { Stack } from './template.ts';

interface ScheduleProperties {
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Target?: { readonly Arn: string; readonly Input?: string };
}

/** When a schedule is due: after `previous`, at or before `now` (milliseconds since 1970). */
export type Due = (previous: number, now: number) => boolean;

export interface ScheduleParts {
  readonly stack: Stack;
  readonly store: Store;
  readonly bus: Bus;
  readonly queues: ReadonlyMap<string, Queue>;
  /** How long an hour of `rate(…)` takes. */
  readonly hourSeconds: number;
}

/** Schedules of the template: EventBridge rules and EventBridge Scheduler, `rate(…)` and `cron(…)` in UTC. */
export function readSchedules({ stack, store, bus, queues, hourSeconds }: ScheduleParts): Source[] {
  const rules = stack.all<ScheduleProperties>('AWS::Events::Rule').map(({ id, properties }) => ({
    ...{ id, properties },
    fire: () => bus.fire(id),
  }));
  const schedules = stack.all<ScheduleProperties>('AWS::Scheduler::Schedule').map(({ id, properties }) => ({
    ...{ id, properties },
    fire: () => void queues.get(properties.Target?.Arn ?? '')?.send(properties.Target?.Input ?? '{}'),
  }));
  return [...rules, ...schedules]
    .filter(({ properties }) => properties.ScheduleExpression && properties.State !== 'DISABLED')
    .map(({ id, properties, fire }) =>
      tick(`schedule/${id}`, store, parseSchedule(properties.ScheduleExpression ?? '', hourSeconds), fire),
    );
}

function tick(name: string, store: Store, due: Due, fire: () => void): Source {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const now = Date.now();
    const previous = store.get(name);
    if (previous === undefined) store.set(name, String(now));
    else if (due(Number(previous), now)) {
      store.together(() => {
        store.set(name, String(now));
        fire();
      });
    }
  };
  return {
    start() {
      look();
      timer = setInterval(look, 1000);
      timer.unref();
    },
    idle: async () => true,
    stop: () => clearInterval(timer),
  };
}

export function parseSchedule(expression: string, hourSeconds = 3600): Due {
  const [, kind = '', inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') {
    const [count = '', unit = ''] = inner.split(' ');
    const minutes = { minute: 1, hour: 60, day: 1440 }[unit.replace(/s$/, '')];
    if (minutes && Number(count) > 0)
      return (previous, now) => now - previous >= ((Number(count) * minutes) / 60) * hourSeconds * 1000;
  }
  if (kind === 'cron') {
    const fields = inner.split(/\s+/);
    if (fields.length === 6) return cron(fields);
  }
  throw new Error(`The schedule ${expression} is not known locally`);
}

const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const minute = 60_000;

function cron([
  minutes = '',
  hours = '',
  dayOfMonth = '',
  month = '',
  dayOfWeek = '',
  year = '',
]: string[]): Due {
  const holds = (time: number) => {
    const at = new Date(time);
    return (
      within(minutes, at.getUTCMinutes(), 0) &&
      within(hours, at.getUTCHours(), 0) &&
      within(dayOfMonth, at.getUTCDate(), 1) &&
      within(month, at.getUTCMonth() + 1, 1, months) &&
      within(dayOfWeek, at.getUTCDay() + 1, 1, days) &&
      within(year, at.getUTCFullYear(), 1970)
    );
  };
  return (previous, now) => {
    // What was missed while nothing ran is made up for once, as far back as a day.
    const first = Math.max(Math.floor(previous / minute) + 1, Math.floor(now / minute) - 1440);
    for (let one = Math.floor(now / minute); one >= first; one--) if (holds(one * minute)) return true;
    return false;
  };
}

function within(field: string, value: number, lowest: number, names: readonly string[] = []): boolean {
  const numberOf = (text: string) => (names.includes(text) ? names.indexOf(text) + 1 : Number(text));
  return field.split(',').some((part) => {
    if (part === '*' || part === '?') return true;
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const start = range === '*' ? lowest : numberOf(from);
    const end = to !== undefined ? numberOf(to) : step === undefined ? start : Number.POSITIVE_INFINITY;
    return value >= start && value <= end && (value - start) % Number(step ?? 1) === 0;
  });
}
