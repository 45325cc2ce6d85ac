import type { Rhythm } from '../../lib/kit/context.ts';
import { Stop } from './failure.ts';

/** Heartbeats every `text` seconds; three missed are a silence. */
export function readHeartbeats(text: string): Rhythm {
  const intervalSeconds = Number(text);
  if (!Number.isInteger(intervalSeconds) || intervalSeconds < 1 || intervalSeconds > 3600)
    throw new Stop(`--heartbeat ${text} is not a whole number of seconds from 1 to 3600.`);
  return { intervalSeconds, silenceSeconds: 3 * intervalSeconds };
}
