import type { Schedule } from '../../lib/kit/context.ts';
import { reconcile } from './reconcile.ts';

export const schedules: readonly Schedule[] = [reconcile];
