import { platformId } from '../kit/id.ts';
import { identityKey, importLinkKey } from '../kit/keys.ts';
import { notFound, Problem } from '../kit/problem.ts';
import { pageTags, type Reach } from '../kit/reach.ts';
import { isLimited, widened, within } from './tenant-session.ts';

type Stored = Readonly<Record<string, unknown>>;

/** Runs work that reads of every tenant that these rows, found in an index partition of the caller's own, stand for. */
export const reachingListed = async <T>(rows: readonly Stored[], work: () => Promise<T>): Promise<T> => {
  const units = rows.map((row) => ({ row, tenant: String(row.customerId ?? row.id) }));
  return widened((reach) => listed(reach, units), work);
};

/** A tenant to read of, and a row that names it: in a partition, or an index partition, that is the caller's or its target's. */
export interface Named {
  readonly row: Stored;
  readonly tenant: string;
}

/** Reads of tenants that rows name, in as many sessions as there are places for them; answers in the order of `units`. */
export async function readingAcross<U extends Named, T>(
  units: readonly U[],
  read: (some: readonly U[]) => Promise<readonly T[]>,
): Promise<T[]> {
  if (units.length === 0 || !isLimited()) return units.length === 0 ? [] : [...(await read(units))];
  const turns: U[][] = [];
  let tenants = new Set<string>();
  for (const unit of units) {
    if (turns.length === 0 || (!tenants.has(unit.tenant) && tenants.size === pageTags.length)) {
      turns.push([]);
      tenants = new Set();
    }
    tenants.add(unit.tenant);
    turns.at(-1)?.push(unit);
  }
  const all = turns.map((some) =>
    widened(
      (reach) => listed(reach, some),
      () => read(some),
    ),
  );
  return (await Promise.all(all)).flat();
}

async function listed(reach: Reach, units: readonly Named[]): Promise<Pick<Reach, 'others' | 'page'>> {
  const mine = [reach.home, reach.target, ...reach.others];
  const stands = ({ row, tenant }: Named) =>
    [row.G1, row.G2, row.PK].some((key) => mine.some((one) => isOf(key, one))) &&
    (isOf(row.PK, tenant) || isNamed(row, tenant));
  if (!units.every(stands)) throw new Problem(notFound);
  const beyond = units.map(({ tenant }) => tenant).filter((one) => !mine.includes(one));
  return { others: [], page: [...new Set(beyond)].sort() };
}

/** Kinds of the platform whose rows are found by what nobody guesses, or is asked to be mailed to: a token, an address. */
const found = new Set([importLinkKey('').PK, identityKey(platformId, '').PK]);

/**
 * Runs work that reaches tenants which a row names: one of a partition that the session reaches already, the link of an
 * import, which nobody finds who was not sent its token, or whose account an address is.
 */
export const reachingBy = <T>(row: Stored, ids: readonly string[], work: () => Promise<T>): Promise<T> =>
  widened(async (reach) => {
    const mine = [reach.home, reach.target, ...reach.others];
    const others = ids.filter((id) => !mine.includes(id));
    if (others.length === 0) return { others, page: reach.page };
    const handed = found.has(String(row.PK)) || mine.some((one) => isOf(row.PK, one));
    if (!handed || !others.every((id) => isNamed(row, id))) throw new Problem(notFound);
    return { others, page: reach.page };
  }, work);

/**
 * Runs work that reads of those who looked after the caller before, and of everybody above them: rows of the caller's
 * own partition name the former, their profiles the latter.
 */
export const reachingFormer = <T>(
  rows: readonly Stored[],
  profiles: readonly Stored[],
  work: (line: readonly string[]) => Promise<T>,
): Promise<T> => {
  const line = linesOf(profiles);
  return widened(
    async (reach) => {
      const own = rows.filter((row) => isOf(row.PK, reach.home));
      if (!profiles.every(({ id }) => own.some((row) => isNamed(row, String(id)))))
        throw new Problem(notFound);
      return { others: [], page: line.toSorted() };
    },
    () => work(line),
  );
};

/** Nodes and everybody above them, each once, by their stored paths. */
export const linesOf = (profiles: readonly Stored[]): string[] => [
  ...new Set(profiles.flatMap(({ path }) => String(path).split('/').slice(1))),
];

/**
 * Runs work that reaches a tenant which is no node of the tree any more, or not yet: `isMine` asks the caller's own
 * partition for it, once a minute.
 */
export const reachingIf = <T>(
  id: string,
  isMine: () => Promise<boolean>,
  work: () => Promise<T>,
): Promise<T> =>
  widened(async (reach) => {
    const name = `${reach.home} ${id}`;
    const fresh = Date.now() - (proven.get(name) ?? 0) < freshMs;
    if (!fresh && !(await within(Promise.resolve(reach), isMine))) throw new Problem(notFound);
    if (!fresh) proven.set(name, Date.now());
    if (proven.size > mostProven) proven.clear();
    return { others: [id], page: reach.page };
  }, work);

const proven = new Map<string, number>();
const freshMs = 60_000;
const mostProven = 5000;
/** Attributes that hold ids: nobody types into them. */
const idsIn = /^(?:id|[a-z]+Id|home|origin|from|to|SK)$/;

/** Whether a row names a tenant where an id belongs. */
function isNamed(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((one) => isNamed(one, id));
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(([name, one]) => (one === id && idsIn.test(name)) || isNamed(one, id))
  );
}

const isOf = (key: unknown, tenant: string) => typeof key === 'string' && key.split('#')[1] === tenant;
