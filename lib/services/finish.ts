import { idTime } from '../kit/id.ts';
import type { Plan } from '../kit/plan.ts';
import { type Instance, since } from './instance.ts';
import { toItem } from './provision.ts';

interface Outcome {
  readonly status: Instance['status'];
  readonly requestId: string;
}

/** What the engine has made of services that were asked for before its request began; undefined where of none. */
export function finishServices(instances: readonly Instance[], outcome: Outcome): Plan | undefined {
  const asked = idTime(outcome.requestId);
  const settled = instances.filter((one) => isOpen(one, outcome) && Date.parse(since(one) ?? '') <= asked);
  const [first] = settled;
  if (!first || outcome.status === 'NotProvisioned') return undefined;
  return {
    writes: settled.slice(0, 90).map((one) => ({
      do: 'replace',
      version: one.version,
      item: toItem({ ...one, status: outcome.status, version: one.version + 1 }),
    })),
    receipt: {
      action: 'services.provisioned',
      subject: first.userId ?? first.serviceId,
      after: { services: settled.map(({ serviceId }) => serviceId), status: outcome.status },
    },
    reply: {},
  };
}

// What failed is had once its request was retried, or a later one of the same user has ended well.
const isOpen = (one: Instance, outcome: Outcome): boolean =>
  one.status === 'Requested' || (one.status === 'Failed' && outcome.status === 'Provisioned');
