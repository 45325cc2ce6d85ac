import type { Schedule } from '../../lib/kit/context.ts';
import { anchorSeals } from './anchor-seals.ts';

export const schedules: readonly Schedule[] = [anchorSeals];
