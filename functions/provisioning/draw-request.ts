import { commit, LostRace } from '../../lib/aws/db.ts';
import { envOr } from '../../lib/aws/env.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Desired, What } from '../../lib/provisioning/desired.ts';
import { directoryOf } from '../../lib/provisioning/object.ts';
import { stepsNow } from '../../lib/provisioning/renew.ts';
import { openRequest, requestItem, type Wish } from '../../lib/provisioning/request.ts';
import { type Step, stepsFor } from '../../lib/provisioning/rules.ts';
import { requestOf, surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom, type Surroundings } from '../../lib/provisioning/wish.ts';
import { run } from './run-request.ts';

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

/** Opens the request of an event, once, and works on it. */
export async function provision(
  envelope: Envelope,
  asked: {
    customerId: string;
    what: What;
    desired: Desired;
    wish?: Wish;
    steps?: readonly Step[];
  },
): Promise<void> {
  const id = `prq_${envelope.id.slice(-26)}`;
  const known = await requestOf(asked.customerId, id);
  if (known) return run(known, envelope);
  const directory = directoryOf(envOr('DIRECTORY_BASE_DN', ''));
  const request = openRequest(asked, { id, at: envelope.at, platformId, directory });
  await commit([{ do: 'create', item: requestItem(request) }], id, Date.now() + 5000).catch(
    (error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    },
  );
  await run(request, envelope);
}
