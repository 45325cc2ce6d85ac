import type { Schedule } from '../../lib/kit/context.ts';
import { lookAtAccess } from './look-at-access.ts';

export const schedules: readonly Schedule[] = [lookAtAccess];
