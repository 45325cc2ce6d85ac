import {
  type Held,
  hold,
  letGo,
  sendBack,
  sizeOf,
  type Watched,
  watchedQueues,
} from '../lib/aws/dead-letters.ts';

/** A dead letter as an operator sees it: ids, names and codes; nothing of what it says. */
export interface DeadLetter {
  readonly eventId: string;
  readonly type: string;
  readonly tenant: string | undefined;
  readonly sentAt: string;
  readonly reason: string | undefined;
}

/** Which dead letters are meant. */
export interface Choice {
  /** A subscriber or schedule, or `all`. */
  readonly queue: string;
  /** Those alone that were sent first at this moment or later. */
  readonly since?: string | undefined;
  /** So many of each queue at most. */
  readonly most?: number | undefined;
}

/** Reasons by event id, as the reactions' log names them. */
export type Reasons = ReadonlyMap<string, string>;

// SQS answers from some of its servers at a time.
const emptyAnswers = 3;

/** What is chosen of each queue that has any, without taking it out. */
export async function deadLetters(
  installation: string,
  choice: Choice,
  reasons: Reasons = new Map(),
): Promise<{ reader: string; waiting: number; letters: DeadLetter[] }[]> {
  const found = [];
  for (const one of await chosen(installation, choice)) {
    const waiting = await sizeOf(one.deadLetters);
    if (waiting === 0) continue;
    const letters: DeadLetter[] = [];
    await sift(one, choice, async (held) => {
      letters.push(...held.map((message) => toLetter(message, reasons)));
      return [];
    });
    found.push({
      reader: one.reader,
      waiting,
      letters: letters.toSorted((a, b) => (a.sentAt < b.sentAt ? -1 : 1)),
    });
  }
  return found;
}

/** Sends what is chosen back to its queues: reactions are idempotent, and what fails again comes back here. */
export async function redrive(
  installation: string,
  choice: Choice,
): Promise<{ reader: string; moved: number }[]> {
  const done = [];
  for (const one of await chosen(installation, choice)) {
    let moved = 0;
    await sift(one, choice, async (held) => {
      moved += await sendBack(one, held);
      return held;
    });
    if (moved > 0) done.push({ reader: one.reader, moved });
  }
  return done;
}

/** The installation that is meant, or the only one that there is in this account and region. */
export async function installationOf(named: string | undefined): Promise<string> {
  const known = [...(await watchedQueues()).keys()];
  if (named !== undefined && known.includes(named)) return named;
  if (named === undefined && known[0] !== undefined && known.length === 1) return known[0];
  const there = known.length > 0 ? `There are: ${known.join(', ')}.` : 'There is none.';
  throw new Error(`Which installation? Name the stack with --installation. ${there}`);
}

async function chosen(installation: string, { queue }: Choice): Promise<readonly Watched[]> {
  const all = (await watchedQueues()).get(installation) ?? [];
  const found = queue === 'all' ? all : all.filter(({ reader }) => reader === queue);
  if (found.length === 0)
    throw new Error(
      `No queue is read by ${queue}. There are: ${all.map(({ reader }) => reader).join(', ')}.`,
    );
  return found;
}

/**
 * Hands what is chosen to `take`, which answers what it took out; shows the rest again. No more than waited at the
 * beginning: what fails again meanwhile is left for the next time.
 */
async function sift(
  { deadLetters: url }: Watched,
  { since = '', most = Number.POSITIVE_INFINITY }: Choice,
  take: (held: readonly Held[]) => Promise<readonly Held[]>,
): Promise<void> {
  const bound = await sizeOf(url);
  const left: Held[] = [];
  const seen = new Set<string>();
  let taken = 0;
  try {
    for (let empty = 0; empty < emptyAnswers && seen.size < bound && taken < most; ) {
      const held = await hold(url);
      empty = held.length === 0 ? empty + 1 : 0;
      for (const { id } of held) seen.add(id);
      const meant = held
        .filter(({ sentAt }) => new Date(sentAt).toISOString() >= since)
        .slice(0, most - taken);
      const out = meant.length > 0 ? await take(meant) : [];
      taken += meant.length;
      left.push(...held.filter((one) => !out.includes(one)));
    }
  } finally {
    await letGo(url, left);
  }
}

interface Body {
  readonly id?: string;
  readonly 'detail-type'?: string;
  readonly schedule?: string;
  readonly detail?: { readonly id?: string; readonly tenant?: { readonly id?: string } };
}

function toLetter({ id, body, sentAt, undelivered }: Held, reasons: Reasons): DeadLetter {
  const { detail, schedule, ...event } = readable(body);
  const eventId = detail?.id ?? event.id ?? id;
  return {
    eventId,
    type: event['detail-type'] ?? (schedule ? `schedule ${schedule}` : 'unreadable'),
    tenant: detail?.tenant?.id,
    sentAt: new Date(sentAt).toISOString(),
    reason: undelivered ? `not delivered: ${undelivered}` : reasons.get(eventId),
  };
}

function readable(body: string): Body {
  try {
    return (JSON.parse(body) as Body | null) ?? {};
  } catch {
    return {};
  }
}

/** Reasons in lines of the reactions' logs, one JSON object somewhere in each: files, or what `aws logs` printed. */
export function reasonsIn(text: string): Reasons {
  const reasons = new Map<string, string>();
  for (const line of text.split('\n')) {
    const { message, eventId, reason } = readable(line.slice(line.indexOf('{'))) as Record<string, unknown>;
    if (message === 'dead letter' && typeof eventId === 'string') reasons.set(eventId, String(reason));
  }
  return reasons;
}
