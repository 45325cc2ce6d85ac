import { getAll } from '../aws/db.ts';
import { inherit } from '../kit/inherit.ts';
import { type Key, managementKey, settingsKey } from '../kit/keys.ts';
import type { LoadInput } from '../kit/route.ts';
import { partsOf, productOf } from './alert.ts';
import { creditRecipients, licenceRecipients, toLayers } from './settings.ts';
import { alertOf, marksOf, membersOf, meterItemOf, suppressionsOf, wholeNoticeOf } from './store.ts';
import type { Suppression } from './suppression.ts';

type Raw = Record<string, unknown>;

/** Settings to read with the caller's membership: the customer's own, and those of the provider that asks. */
export const besideSettings = ({ home, target }: { home: string; target: string }): Key[] =>
  [...new Set([target, home])].map((nodeId) => settingsKey(nodeId, 'NOTIFICATION'));

/** What an explanation needs: at most two round trips, the second for what only the first names. */
export async function evidence(
  of: { customerId: string; alertId: string } & Pick<LoadInput, 'home' | 'scope' | 'alongside'>,
) {
  const { customerId, alertId } = of;
  const layering = layersOf(of);
  const ofSeats = productOf(alertId) !== undefined;
  const ofCredits = partsOf(alertId).meter === 'CREDITS';
  const members = ofCredits || ofSeats ? membersOf(customerId) : undefined;
  const alert = alertOf(customerId, alertId);
  const lastNotice = alert.then((known) =>
    known?.lastNotice ? wholeNoticeOf(customerId, known.lastNotice.id) : undefined,
  );
  const marks = ofSeats
    ? suppressionsOf(customerId)
    : members
      ? members.then((found) => marksOf(customerId, creditRecipients(found)))
      : licenceMarks(of, layering);
  const [item, known, people, layers, last, suppressed, [management]] = await Promise.all([
    meterItemOf(customerId, alertId),
    alert,
    members ?? [],
    layering,
    lastNotice,
    marks,
    ofSeats ? getAll([managementKey(customerId)], true) : [],
  ]);
  return { management, item, known, members: people, layers, last, suppressed };
}

type Asking = { customerId: string } & Pick<LoadInput, 'home' | 'scope' | 'alongside'>;

async function layersOf({ home, scope, alongside }: Asking): Promise<(Raw | undefined)[]> {
  const [[own, above], { target }] = await Promise.all([alongside(), scope()]);
  if (target.path.at(-2) === home && target.path.length === 3) return [above, own];
  const ancestors = target.path.slice(1, -1);
  return [...(await getAll(ancestors.map((nodeId) => settingsKey(nodeId, 'NOTIFICATION')))), own];
}

// Where what is inherited comes with the second round trip, all marks are read beside it, not after.
async function licenceMarks(of: Asking, layering: Promise<(Raw | undefined)[]>): Promise<Suppression[]> {
  const { customerId, home, scope } = of;
  if (home === customerId) return suppressionsOf(customerId);
  const { target } = await scope();
  if (target.path.length > 3) return suppressionsOf(customerId);
  const layers = await layering;
  return marksOf(customerId, licenceRecipients(inherit(toLayers(layers)), target.item));
}
