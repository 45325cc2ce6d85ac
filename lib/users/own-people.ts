import { decides, leaveToCustomer, type OwnPerson, withOwnPeople } from '../kit/own-people.ts';
import type { Plan } from '../kit/plan.ts';
import type { Scope } from '../kit/scope.ts';
import { type Member, personOf } from './admission.ts';
import type { User, UserView } from './user.ts';

type Whole = User | UserView;

const asPerson = (user: Whole, member?: Member): OwnPerson => ({
  roles: [...new Set([...user.roles, ...(member?.roles ?? [])])],
  email: user.email,
  signsIn: [user.upn, user.userName, user.disabled, user.expiresOn],
});

/** What is planned with a user, where it does not touch who decides for the customer, or may. */
export function asOwnPeople<T>(
  plan: Plan<T>,
  scope: Scope,
  seen: {
    readonly access: Readonly<Record<string, unknown>> | undefined;
    readonly before?: Whole | undefined;
    readonly member?: Member | undefined;
    readonly after?: Whole | undefined;
  },
  made: { readonly now: string; readonly requestId: string },
): Plan<T> {
  const { access, before, member, after } = seen;
  const of = before ?? after;
  if (!of) return plan;
  return withOwnPeople(
    plan,
    scope,
    {
      ...{ access, personId: personOf(of.id) },
      before: before && asPerson(before, member),
      after: after && asPerson(after),
    },
    made,
  );
}

/** What is planned with a user's log-on: of who decides for the customer it is the customer's own to do. */
export function ofDecider<T>(
  plan: Plan<T>,
  scope: Scope,
  { user, access }: { user: User; access: Readonly<Record<string, unknown>> | undefined },
): Plan<T> {
  if (!decides(user.roles) || plan.writes.length === 0) return plan;
  return { ...plan, writes: [...plan.writes, ...leaveToCustomer(scope, access)] };
}
