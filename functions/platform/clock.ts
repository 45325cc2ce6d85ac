import { onTime } from '../../lib/aws/clock.ts';
import { schedules } from './schedules.ts';

export const handler = onTime(schedules);
