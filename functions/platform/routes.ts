import type { Route } from '../../lib/kit/route.ts';
import { getMe } from './get-me.ts';

export const routes: readonly Route[] = [getMe];
