import type { Schedule } from '../../lib/kit/context.ts';
import { bookExpiries } from './book-expiries.ts';

export const schedules: readonly Schedule[] = [bookExpiries];
