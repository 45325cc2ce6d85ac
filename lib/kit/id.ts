/** Prefixes of identifiers; the rest of an id is a ULID (26 characters, Crockford base32, sorts by time). */
export const prefixes = {
  platform: 'plt',
  provider: 'prv',
  customer: 'cus',
  company: 'com',
  person: 'per',
  group: 'grp',
  externalUser: 'ext',
  collaboratorGroup: 'cgr',
  ticket: 'tic',
  comment: 'cmt',
  item: 'itm',
  notice: 'ntc',
  audit: 'aud',
  event: 'evt',
  operation: 'opr',
  request: 'req',
  provisioningRequest: 'prq',
  user: 'usr',
  roleCollection: 'rlc',
  service: 'svc',
  plan: 'pln',
  catalogItem: 'cat',
  marketplace: 'mkt',
  dynamicGroup: 'dgr',
  probe: 'prb',
  command: 'cmd',
  maintenanceWindow: 'mwn',
  product: 'prd',
  licenceKey: 'lky',
  subscription: 'sub',
  machine: 'mch',
  machineGroup: 'mgr',
  policy: 'pol',
  installationPackage: 'pkg',
  accessSession: 'ses',
  importLink: 'imp',
  removal: 'rmv',
} as const;

export type Kind = keyof typeof prefixes;

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Characters of an id after its prefix. */
export const idLength = 26;
const body = `[0-9A-HJKMNP-TV-Z]{${idLength}}`;

/** Matches one kind's ids exactly: fixed length, so that a key prefix is never ambiguous. */
export function idPattern(kind: Kind): RegExp {
  return new RegExp(`^${prefixes[kind]}_${body}$`);
}

/** Milliseconds since 1970 carried by an id's ULID. */
export function idTime(id: string): number {
  let time = 0;
  for (const character of id.slice(-26, -16)) time = time * 32 + digits.indexOf(character);
  return time;
}

/** The first or last id that the millisecond `at` can have: the bounds of a range of keys. */
export function idBound(kind: Kind, at: number, end: 'first' | 'last'): string {
  let time = '';
  for (let rest = at; time.length < 10; rest = Math.floor(rest / 32)) time = `${digits[rest % 32]}${time}`;
  return `${prefixes[kind]}_${time}${(end === 'first' ? '0' : 'Z').repeat(16)}`;
}

/** One installation has one table and one platform: the root of the tree. */
export const platformId = `${prefixes.platform}_${'0'.repeat(26)}`;

/** The pre-installed company of every provider that means "applies to all": never stored, never changed. */
export const globalCompanyId = `${prefixes.company}_${'0'.repeat(26)}`;

/** The group that every customer's machines are in unless somebody says otherwise: there without being stored. */
export const defaultGroupId = `${prefixes.machineGroup}_${'0'.repeat(26)}`;
