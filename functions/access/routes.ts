import type { Route } from '../../lib/kit/route.ts';
import { importRoutes } from './import-routes.ts';

export const routes: readonly Route[] = [...importRoutes];
