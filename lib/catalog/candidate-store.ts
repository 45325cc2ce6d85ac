import { getAll } from '../aws/db.ts';
import { type EndUser, endIdentityKey, toEndUser } from '../kit/end-user.ts';
import { endUserKey, type Key, personKey, userKey } from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Candidate, Identity } from './enrolment.ts';
import { type Place, sourceFrom } from './people-store.ts';
import { type Source, userOfPerson } from './source.ts';

/** Where a person's row comes from: the directory's person of the company, or the customer's user. */
export function sourceKey(place: Place, one: { personId: string; source: 'DIRECTORY' | 'USER' }): Key {
  return one.source === 'USER'
    ? userKey(place.customerId, userOfPerson(one.personId))
    : personKey(place.providerId, place.company?.id ?? '-', one.personId);
}

/** What decides about the rows of these people: rows are read before what they are made from. */
export async function candidatesOf(
  place: Place,
  people: readonly { personId: string; source: 'DIRECTORY' | 'USER' }[],
): Promise<Candidate[]> {
  const rows = await getAll(
    people.map(({ personId }) => endUserKey(place.customerId, personId)),
    true,
  );
  return behind(
    place,
    people.map((one, index) => {
      const row = rows[index];
      return { ...one, row: row && toEndUser(row, place.customerId) };
    }),
  );
}

/** The same for rows that have been read. */
export const candidatesOfRows = (place: Place, rows: readonly EndUser[]): Promise<Candidate[]> =>
  behind(
    place,
    rows.map((row) => ({ personId: row.id, source: row.source, row })),
  );

async function behind(
  place: Place,
  people: readonly { personId: string; source: 'DIRECTORY' | 'USER'; row: EndUser | undefined }[],
): Promise<Candidate[]> {
  const keys = people.map((one) => sourceKey(place, one));
  const items = await getAll(keys, true);
  return withIdentities(
    people.map(({ personId, row }, index) => {
      const item = items[index];
      return { personId, row, source: item && sourceFrom(item, place), sourceKey: keys[index] as Key };
    }),
  );
}

/** Sources as candidates, with the rows that they have. */
export async function candidatesFrom(place: Place, sources: readonly Source[]): Promise<Candidate[]> {
  const rows = await getAll(
    sources.map(({ personId }) => endUserKey(place.customerId, personId)),
    true,
  );
  return withIdentities(
    sources.map((source, index) => {
      const row = rows[index];
      return {
        personId: source.personId,
        row: row && toEndUser(row, place.customerId),
        source,
        sourceKey: source.key,
      };
    }),
  );
}

/** Adds where their addresses sign in, for those whose rows do not say that they do here: new ones, and those that are left. */
async function withIdentities(
  candidates: readonly Omit<Candidate, 'identity' | 'former'>[],
): Promise<Candidate[]> {
  const hashes = candidates.map(({ row, source }) => {
    const hash = source?.present ? emailHash(source.email) : undefined;
    return row?.signIn === hash ? {} : { hash, former: row?.signIn };
  });
  const asked = hashes.flatMap(({ hash, former }) => [hash, former]).filter((one) => one !== undefined);
  const found = new Map(
    asked.length === 0
      ? []
      : (await getAll(asked.map(endIdentityKey), true)).map((item, index) => [asked[index], item] as const),
  );
  const told = (hash: string | undefined): Identity | undefined => {
    const item = found.get(hash);
    return (
      item && {
        tenantId: String(item.tenantId),
        personId: String(item.personId),
        version: Number(item.version),
      }
    );
  };
  return candidates.map((one, index) => ({
    ...one,
    identity: told(hashes[index]?.hash),
    former: told(hashes[index]?.former),
  }));
}
