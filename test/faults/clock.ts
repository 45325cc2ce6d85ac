import { currentProcess } from '../kit/weather.ts';

/**
 * Gives each process its own clock: `Date` is off by what the process says. For files that have a process of their own.
 * @returns what turns it back.
 */
export function skewClocks(): () => void {
  const True = Date;
  const now = () => True.now() + (currentProcess()?.skewMs ?? 0);
  globalThis.Date = new Proxy(True, {
    construct: (target, given) => (given.length === 0 ? new target(now()) : Reflect.construct(target, given)),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  return () => {
    globalThis.Date = True;
  };
}
