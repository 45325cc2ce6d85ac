import { canonical } from '../kit/digest.ts';
import type { Desired, What } from './desired.ts';
import type { Request } from './request.ts';
import { describeStep, everyone, type Step, stepsFor } from './rules.ts';
import { desiredFrom, isOut, type Surroundings } from './wish.ts';

type Progress = Request['steps'][number];

/** The ordered steps that a wish of the tree comes to as things are now; none where something later was asked for. */
export function stepsNow(
  { customerId, what, wish }: Pick<Request, 'customerId' | 'what' | 'wish'>,
  found: Surroundings,
): Step[] {
  if (!wish) return [];
  const state = desiredFrom(found, { customerId, ...wish, user: wish.user ?? undefined });
  if (wish.serviceCode !== null) return ofService(customerId, { state, code: wish.serviceCode, what });
  if (!isWanted(what, { state, found })) return [];
  // Whichever of the two was asked for last is what the state says.
  return stepsFor(customerId, what === 'disable' ? 'enable' : what, state);
}

function isWanted(what: What, { state, found }: { state: Desired; found: Surroundings }): boolean {
  const { customer, user } = found;
  if (!customer) return what === 'delete';
  switch (what) {
    case 'provision':
      return state.inService;
    case 'deprovision':
      return !state.inService;
    case 'user_provision':
      return user !== undefined && !isOut(user);
    case 'user_deprovision':
      return user !== undefined && isOut(user);
    default:
      return true;
  }
}

// A service that was taken and given again is had by nobody of before: its group is emptied, and filled anew.
function ofService(
  customerId: string,
  { state, code, what }: { state: Desired; code: string; what: What },
): Step[] {
  const had = state.services.includes(code);
  const remove = stepsFor(customerId, 'service_deprovision', { ...state, services: [code] });
  if (!had) return remove;
  const make = stepsFor(customerId, 'service_provision', state);
  return what === 'service_provision' ? make : [...remove, ...make, ...everyone];
}

/** What is left of a request as things are now: what is done and still asked for stays done. */
export function renew(
  request: Request,
  steps: readonly Step[],
  now: { path: readonly string[]; at: string },
): Request {
  const known = new Map(request.steps.map((one) => [keyOf(one.step), one]));
  const renewed = steps.map((step): Progress => {
    const before = known.get(keyOf(step));
    const fresh = { name: describeStep(step), state: 'WAITING', attempts: 0, log: [], step } as const;
    if (!before) return { ...fresh, log: [] };
    const same = canonical(before.step) === canonical(step) || goesOn(step);
    return same ? before : { ...fresh, attempts: before.attempts, log: before.log };
  });
  const path = [...now.path];
  if (canonical([renewed, path]) === canonical([request.steps, request.path])) return request;
  return { ...request, path, steps: renewed, touchedAt: now.at, version: request.version + 1 };
}

// These keep in themselves how far they have come.
const goesOn = (step: Step): boolean => step.do !== 'ensure' && step.do !== 'resetPassword';

function keyOf(step: Step): string {
  if (step.do === 'ensure' || step.do === 'remove') return canonical([step.do, step.owner, step.objectId]);
  if (step.do === 'cascade') return canonical([step.do, step.hold, step.always]);
  if (step.do === 'switchUsers') return canonical([step.do, step.on]);
  if (step.do === 'clear') return canonical([step.do, step.what, step.user ?? null]);
  return step.do === 'resetPassword' ? canonical(step) : step.do;
}

/** True where a request is to be looked at anew each time it runs: not what carries its state, or nothing but a command. */
export const isRenewed = ({ wish, what }: Pick<Request, 'wish' | 'what'>): boolean =>
  wish !== null && what !== 'user_reset_password';
