import { envOr } from '../../lib/aws/env.ts';

const probesIntervalSeconds = 60;
const slower = 5;

/** How often machines of this stage send heartbeats, seconds: a fifth as often as probes, for nobody waits for one. */
export const machineIntervalSeconds = (): number =>
  slower * Number(envOr('PROBE_INTERVAL_SECONDS', String(probesIntervalSeconds)));
