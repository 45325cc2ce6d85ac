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

/** What a redrive of one queue came to. */
export interface Redriven {
  readonly reader: string;
  readonly moved: number;
  /** Sent, but still among the dead letters: sent again, they come twice. */
  readonly both: number;
  /** Why its queue did not take some: a code for each of them. */
  readonly refused: readonly string[];
  /** What ended it before its time. */
  readonly broke?: string;
}

/** Sends what is chosen back to its queues: reactions are idempotent, and what fails again comes back here. */
export async function redrive(installation: string, choice: Choice): Promise<Redriven[]> {
  const done: Redriven[] = [];
  for (const one of await chosen(installation, choice)) {
    let all: Omit<Redriven, 'reader'> = { moved: 0, both: 0, refused: [] };
    try {
      await sift(one, choice, async (held) => {
        const { moved, both, refused } = await sendBack(one, held);
        all = {
          moved: all.moved + moved.length,
          both: all.both + both.length,
          refused: [...all.refused, ...refused.map(({ code }) => code)],
        };
        return moved;
      });
    } catch (error) {
      all = { ...all, broke: (error as Error).message };
    }
    const { moved, both, refused, broke } = all;
    if (moved + both + refused.length > 0 || broke) done.push({ reader: one.reader, ...all });
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
 * Hands what is chosen to `take`, each once, which answers what it took out; shows the rest again, whatever happens. No
 * more than waited at the beginning: what fails again meanwhile is left for the next time.
 */
async function sift(
  { deadLetters: url }: Watched,
  { since = '', most = Number.POSITIVE_INFINITY }: Choice,
  take: (held: readonly Held[]) => Promise<readonly Held[]>,
): Promise<void> {
  const bound = await sizeOf(url);
  const left = new Map<string, Held>();
  const seen = new Set<string>();
  let taken = 0;
  try {
    for (let empty = 0; empty < emptyAnswers && seen.size < bound && taken < most; ) {
      const held = await hold(url);
      // What is held for long shows itself again.
      const fresh = held.filter(({ id }) => !seen.has(id));
      empty = fresh.length === 0 ? empty + 1 : 0;
      for (const one of held) {
        seen.add(one.id);
        left.set(one.id, one);
      }
      const meant = fresh
        .filter(({ sentAt }) => new Date(sentAt).toISOString() >= since)
        .slice(0, most - taken);
      taken += meant.length;
      for (const { id } of meant.length > 0 ? await take(meant) : []) left.delete(id);
    }
  } finally {
    await letGo(url, [...left.values()]);
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
