import type { Route } from '../../lib/kit/route.ts';

export const routes: readonly Route[] = [];
