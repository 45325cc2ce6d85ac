import { envOr } from '../../lib/aws/env.ts';
import type { Rhythm } from '../../lib/kit/context.ts';
import { intervalSeconds, silenceSeconds } from '../../lib/probes/pulse.ts';

/** How often agents of this stage send heartbeats, and after which silence a probe is down; seconds. */
export const rhythm = (): Rhythm => ({
  intervalSeconds: Number(envOr('PROBE_INTERVAL_SECONDS', String(intervalSeconds))),
  silenceSeconds: Number(envOr('PROBE_SILENCE_SECONDS', String(silenceSeconds))),
});
