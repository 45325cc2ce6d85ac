import type { Route } from '../../lib/kit/route.ts';
import { groupRoutes } from './group-routes.ts';
import { itemRoutes } from './item-routes.ts';
import { marketRoutes } from './market-routes.ts';

export const routes: readonly Route[] = [...itemRoutes, ...marketRoutes, ...groupRoutes];
