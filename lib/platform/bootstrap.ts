import { platformId } from '../kit/id.ts';
import { nodeKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

/** The root of the tree, written once per installation. */
export function platformWrites(name = 'Platform'): Write[] {
  return [
    {
      do: 'create',
      item: {
        ...nodeKey(platformId),
        kind: 'node',
        id: platformId,
        type: 'PLATFORM',
        name,
        path: platformId,
        state: 'ACTIVE',
        version: 1,
      },
    },
  ];
}
