import { creditSystemOf } from '../../lib/credits/store.ts';
import { creditSystem, toSystem } from '../../lib/credits/system.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getCreditSystem = route({
  id: 'getCreditSystem',
  method: 'GET',
  path: '/v1/credit-system',
  summary: 'Whether the provider prices in credits',
  permission: 'credit_system.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: creditSystem },
  refuses: [],
  load: ({ home }) => creditSystemOf(home),
  decide: (_, stored) => {
    const { system, version } = toSystem(stored);
    return answer(system, { version });
  },
});
