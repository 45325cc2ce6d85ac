import { randomInt } from 'node:crypto';
import type { Route } from '../../lib/kit/route.ts';
import { type Answer, by, type Sent } from '../kit/world.ts';
import { endpoints } from './document.ts';
import { routes } from './door.ts';
import { placesOf, replaced } from './places.ts';

/** A text that stands nowhere but in what one request wrote: whose that is, and which route wrote it. */
export interface Mark {
  /** The node whose it is: where it is found says nothing about that. */
  owner: string;
  readonly route: string;
}

const sign = 'cny';
const pattern = /cny[0-9a-z]{9}/g;
/** People's own words, in fields that nothing is compared with. */
const free = new Set([
  ...[
    'name',
    'fullName',
    'displayName',
    'contactName',
    'description',
    'subject',
    'reason',
    'comment',
    'note',
  ],
  ...[
    'title',
    'label',
    'message',
    'text',
    'address',
    'city',
    'summary',
    'department',
    'location',
    'question',
  ],
]);

const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/[.:]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));
const marks = new Map<string, Mark>();
/** What was made, and the marks it bears. */
const bearing = new Map<string, Mark[]>();

/** Who made a node, for those that are no more. */
const made = new Map<string, string>();
export const makerOf = (id: string): string | undefined => made.get(id);

const isNode = (id: unknown): id is string => /^(?:cus|prv)_/.test(String(id));

interface Sending {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly sent: Sent;
}

/** The body with a mark in each text that may hold one, and those marks. */
function marked({ route, params, sent: { as, body } }: Sending): { body: unknown; fresh: Mark[] } {
  const fresh: Mark[] = [];
  const shape = endpoints.get(route.id)?.body;
  if (!shape || typeof body !== 'object' || body === null) return { body, fresh };
  const owner = params.customerId ?? params.providerId ?? as?.tenant ?? '';
  let out: unknown = body;
  for (const { path, value, schema } of placesOf(shape, body)) {
    const open = schema.pattern === undefined && schema.enum === undefined && schema.format === undefined;
    if (typeof value !== 'string' || value === '' || !open || path.includes('domains')) continue;
    if (!free.has(String(path.at(-1)))) continue;
    const mark = sign + Array.from({ length: 9 }, () => randomInt(36).toString(36)).join('');
    const next = replaced(out, path, `${value} ${mark}`);
    if (!route.body?.safeParse(next).success) continue;
    out = next;
    const one = { owner, route: route.id };
    marks.set(mark, one);
    fresh.push(one);
  }
  return { body: out, fresh };
}

// What makes a node is of that node, and so is what was written down for it before it was one.
function learn({ params, sent }: Sending, fresh: readonly Mark[], { body }: Answer): void {
  const id = (body as { id?: unknown } | undefined)?.id;
  if (isNode(id)) {
    if (sent.as && !made.has(id)) made.set(id, sent.as.tenant);
    const { companyId } = (sent.body ?? {}) as { companyId?: string };
    for (const one of [...fresh, ...(bearing.get(companyId ?? '') ?? [])]) one.owner = id;
  }
  for (const place of [String(id), params.companyId])
    if (place && fresh.length > 0) bearing.set(place, [...(bearing.get(place) ?? []), ...fresh]);
}

/** Marks everything that is written over the API from now on; answers how to stop. */
export function markEverything(): () => void {
  by.way = async (line, sent, next) => {
    const [method, target = ''] = line.split(' ');
    const found = patterns
      .filter(({ route }) => route.method === method)
      .map(({ route, pattern }) => ({ route, match: pattern.exec(target.split('?')[0] ?? '') }))
      .find(({ match }) => match);
    if (!found) return next(line, sent);
    const sending = { route: found.route, params: { ...found.match?.groups }, sent };
    const { body, fresh } = marked(sending);
    const answer = await next(line, { ...sent, body });
    learn(sending, fresh, answer);
    return answer;
  };
  return () => {
    delete by.way;
  };
}

/** The marks in a text. */
export function marksIn(text: string): Mark[] {
  if (!text.includes(sign)) return [];
  return [...new Set(text.match(pattern))].flatMap((one) => marks.get(one) ?? []);
}

/** Whose marks there are. */
export const owners = (): ReadonlySet<string> => new Set([...marks.values()].map(({ owner }) => owner));
export const markCount = (): number => marks.size;
