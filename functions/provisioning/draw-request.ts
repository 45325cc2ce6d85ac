import type { Envelope } from '../../lib/kit/event.ts';
import type { What } from '../../lib/provisioning/desired.ts';
import { stepsNow } from '../../lib/provisioning/renew.ts';
import type { Wish } from '../../lib/provisioning/request.ts';
import { stepsFor } from '../../lib/provisioning/rules.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom, type Surroundings } from '../../lib/provisioning/wish.ts';
import { provision } from './on-provisioning-requested.ts';

interface Drawn {
  readonly customerId: string;
  readonly what: What;
  readonly wish: Wish;
  readonly publicKey?: string | null;
}

/** What surrounds the subject of a wish now. */
export function aroundWish(customerId: string, wish: Wish, providerId: string): Promise<Surroundings> {
  const { parentId } = wish;
  return surroundingsOf(customerId, { providerId, userId: wish.user?.id, ...(parentId ? { parentId } : {}) });
}

/** Opens the request of an event that says what to look at, not what it was: it is looked at again when its turn has come. */
export async function draw(envelope: Envelope, drawn: Drawn, found?: Surroundings): Promise<void> {
  const { customerId, what, wish, publicKey = null } = drawn;
  const around = found ?? (await aroundWish(customerId, wish, envelope.tenant.providerId));
  const user = wish.user ?? undefined;
  const state = desiredFrom(around, { customerId, version: wish.version, code: wish.code, user, publicKey });
  const desired = wish.serviceCode === null ? state : { ...state, services: [wish.serviceCode] };
  const lasting = what === 'user_reset_password';
  const steps = lasting ? stepsFor(customerId, what, state) : stepsNow({ customerId, what, wish }, around);
  await provision(envelope, { customerId, what, desired, wish, steps });
}
