import type { Schedule } from '../../lib/kit/context.ts';
import { lookAtProbes } from './look-at-probes.ts';

export const schedules: readonly Schedule[] = [lookAtProbes];
