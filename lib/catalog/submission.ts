import { announce } from '../kit/event.ts';
import { catalogKey, catalogLookupKey, catalogRevisionKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { type Author, type Standing, shown } from './author.ts';
import { freedCode } from './code.ts';
import { missing } from './content.ts';
import { itemSubmitted } from './events.ts';
import { changedHead, type Revision, revisionItem } from './item.ts';
import { itemIncomplete, wasPublished, wrongState } from './problems.ts';
import type { ItemView } from './view.ts';

/** Refuses what lacks a mandatory detail, naming each. */
export function mustBeComplete({ item, newest }: Standing): void {
  const errors = missing(item.type, newest.content).map((field) => ({
    pointer: `#/${field}`,
    message: 'is mandatory',
  }));
  if (errors.length > 0) throw new Problem(itemIncomplete, undefined, { errors });
}

/** The newest revision in another state, with its head. */
export function restated(
  standing: Standing,
  change: Partial<Pick<Revision, 'state' | 'reason'>>,
  made: Author,
): { newest: Revision; writes: Write[] } {
  const { newest } = standing;
  const after: Revision = {
    ...newest,
    ...change,
    changedAt: made.now,
    changedBy: made.by,
    version: newest.version + 1,
  };
  const write: Write = {
    do: 'replace',
    version: newest.version,
    item: revisionItem(made.providerId, after),
  };
  return { newest: after, writes: [write] };
}

/** Hands a draft in; it waits for being published or rejected. */
export function submitItem(standing: Standing, made: Author): Plan<ItemView> {
  const { item, newest } = standing;
  if (newest.state !== 'DRAFT') refuse(wrongState, undefined, { state: item.state });
  mustBeComplete(standing);
  const after = restated(standing, { state: 'PENDING', reason: null }, made);
  const head = { ...item, state: 'PENDING' as const };
  return {
    writes: [...after.writes, ...changedHead(made.providerId, item, head)],
    receipt: {
      action: 'catalogue.submit',
      subject: item.id,
      before: { state: item.state },
      after: { state: 'PENDING', revision: newest.revision },
    },
    announcements: [
      announce(itemSubmitted, item.id, { revision: newest.revision, name: newest.content.name }),
    ],
    reply: shown({ ...standing, item: { ...head, version: item.version + 1 }, newest: after.newest }),
  };
}

/** Removes an item that was never published. */
export function removeItem({ item, newest }: Standing, { providerId }: Author): Plan {
  const once = item.published !== null || newest.revision > 1 || newest.state === 'APPROVED';
  if (once) refuse(wasPublished);
  return {
    writes: [
      { do: 'remove', key: catalogKey(providerId, item.id), version: item.version },
      { do: 'remove', key: catalogLookupKey(providerId, item.id), version: item.lookup },
      {
        do: 'remove',
        key: catalogRevisionKey(providerId, item.id, newest.revision),
        version: newest.version,
      },
      ...freedCode(providerId, item),
    ],
    receipt: { action: 'catalogue.remove', subject: item.id, before: { name: item.name, type: item.type } },
    reply: { status: 204 },
  };
}
