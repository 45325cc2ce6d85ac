import { standingOf } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { overview, viewBelow, viewOwn } from '../../lib/probes/overview.ts';
import { glance, rollupOf } from '../../lib/probes/overview-store.ts';

export const getOverview = route({
  id: 'getOverview',
  method: 'GET',
  path: '/v1/overview',
  summary: 'Your own node at a glance, and all that is below it',
  description: 'For providers and resellers. Sums of what is below follow a moment after each change.',
  permission: 'overview.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  reply: { status: 200, body: overview },
  refuses: [],
  load: async ({ home, consistent }) => {
    if (home.startsWith(prefixes.provider)) return { below: (await rollupOf(home, consistent)).below };
    const [{ below, ...own }, ledger] = await Promise.all([
      glance(home, consistent),
      headOf(home, consistent),
    ]);
    return { below, own: { ...own, ledger } };
  },
  decide: ({ scope, now }, { below, own }) =>
    answer({
      nodeId: scope.home.id,
      own: own ? viewOwn({ ...own, balance: standingOf(own.ledger, now).balance }) : null,
      below: viewBelow(below),
    }),
});
