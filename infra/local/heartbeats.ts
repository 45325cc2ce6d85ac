import { Stop } from './failure.ts';
import type { Template } from './resolve.ts';

/** How often agents send heartbeats, and after which silence a probe is down; seconds. */
export interface Heartbeats {
  readonly intervalSeconds: number;
  readonly silenceSeconds: number;
}

/** Heartbeats every `text` seconds; three missed are a silence. */
export function readHeartbeats(text: string): Heartbeats {
  const intervalSeconds = Number(text);
  if (!Number.isInteger(intervalSeconds) || intervalSeconds < 1 || intervalSeconds > 3600)
    throw new Stop(`--heartbeat ${text} is not a whole number of seconds from 1 to 3600.`);
  return { intervalSeconds, silenceSeconds: 3 * intervalSeconds };
}

/** Makes a template what a deployment with these `heartbeats` would have given. */
export function setHeartbeats(template: Template, { intervalSeconds, silenceSeconds }: Heartbeats): void {
  for (const { Type, Properties } of Object.values(template.Resources)) {
    const environment = Properties?.Environment as { Variables?: Record<string, unknown> } | undefined;
    if (Type !== 'AWS::Lambda::Function' || environment?.Variables?.STAGE === undefined) continue;
    environment.Variables.PROBE_INTERVAL_SECONDS = String(intervalSeconds);
    environment.Variables.PROBE_SILENCE_SECONDS = String(silenceSeconds);
  }
}
