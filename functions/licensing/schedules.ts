import type { Schedule } from '../../lib/kit/context.ts';
import { checkCompliance } from './check-compliance.ts';

export const schedules: readonly Schedule[] = [checkCompliance];
