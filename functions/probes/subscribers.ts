import type { Subscriber } from '../../lib/kit/context.ts';
import { onProbeRetired } from './on-probe-retired.ts';
import { onTotalsChanged } from './on-totals-changed.ts';

export const subscribers: readonly Subscriber[] = [onProbeRetired, onTotalsChanged];
