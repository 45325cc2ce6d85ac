import { directoryObject } from '../kit/directory.ts';
import type { Desired } from './desired.ts';
import type { Request } from './request.ts';
import { containerId, describeStep, parentsOf, type Step } from './rules.ts';

type Progress = Request['steps'][number];

/**
 * A request whose customer has moved since it was opened: what is left of it is done at the new place, and the
 * customer's container is brought there first. What stands inside the container has moved with it.
 */
export function rebase(request: Request, parents: Desired['parents'], at: string): Request {
  const { path, customerId } = request;
  const [platformId = ''] = path;
  const depth = path.length - 2;
  const codes = parents.map(({ code }) => code);
  const replaced = (place: readonly string[]) => [...codes, ...place.slice(depth)];
  const isAbove = ({ step }: Progress) => step.do === 'ensure' && step.owner !== customerId;
  const above = request.steps.some(isAbove) ? parentsOf(parents).map(fresh) : [];
  const own = request.steps
    .filter((one) => !isAbove(one))
    .map((one): Progress => {
      if (one.step.do !== 'ensure') return one;
      const { object } = one.step;
      const moved = directoryObject.parse({
        ...object,
        at: replaced(object.at),
        ...(object.type === 'USER' ? { groupsAt: replaced(object.groupsAt) } : {}),
      });
      const again = one.step.objectId === containerId && one.state === 'DONE';
      return { ...one, ...(again ? { state: 'WAITING' } : {}), step: { ...one.step, object: moved } };
    });
  return {
    ...request,
    path: [platformId, ...parents.map(({ id }) => id), customerId],
    steps: [...above, ...own],
    touchedAt: at,
    version: request.version + 1,
  };
}

const fresh = (step: Step): Progress => ({
  name: describeStep(step),
  state: 'WAITING',
  attempts: 0,
  log: [],
  step,
});
