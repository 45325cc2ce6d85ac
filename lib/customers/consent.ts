import { accessKey } from '../kit/keys.ts';
import { hasDecided } from '../kit/own-people.ts';
import { refuse, type Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { goesByPlan } from './problems.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

/** On the profile of a customer that came to its partner by confirming: for as long as it is one. */
export const cameByConsent = { consented: true };

/** Who came by confirming, or has decided about its partner's access, is an account of its own: it is not deleted. */
export function mustNotBeItsOwn(node: Pick<Node, 'item'>, access: Stored): void {
  if (node.item.consented === true || hasDecided(access)) refuse(goesByPlan);
}

/** Nothing that it has decided in the same instant is passed over. */
export const accessUnchanged = (customerId: string, access: Stored): Write => ({
  do: 'check',
  key: accessKey(customerId),
  version: access ? Number(access.version) : null,
});
