import type { Context } from '../lib/kit/context.ts';
import { routes as credits } from './credits/routes.ts';
import { routes as platform } from './platform/routes.ts';

/** Every bounded context: what is deployed, routed, documented and tested. */
export const contexts: readonly Context[] = [
  {
    name: 'platform',
    impact: 'Nobody can see who they are, and no provider can be added or changed.',
    routes: platform,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'credits',
    impact: 'Nobody can grant, debit or read credits; requests for priced services fail.',
    routes: credits,
    needs: { table: ['batchGet', 'get', 'query', 'put', 'check'], cursor: true },
  },
];
