import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { announce, announcedAt, announcedIn, byType, unsealedAt } from './ops-announce.ts';
import { type Choice, deadLetters, installationOf, type Redriven, reasonsIn, redrive } from './redrive.ts';

/** What the operator's commands about events are told. */
export interface Told {
  readonly local?: string | undefined;
  readonly installation?: string | undefined;
  readonly queue?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly max?: string | undefined;
  readonly from?: string | undefined;
  readonly tenant?: string | undefined;
  readonly logs?: string | undefined;
  readonly 'dry-run': boolean;
}

const mostShown = 20;
/** The reader of the table's stream, whose failures are files and no messages. */
const outbox = 'outbox';

const say = (line: string) => console.log(line);
const lettersOf = (count: number) => `${count} dead ${count === 1 ? 'letter' : 'letters'}`;

/** A moment as it was typed (`2026-11-21`, `2026-11-21T08:00Z`), as it is stored; throws where it is none. */
function momentOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  const at = new Date(typed);
  if (Number.isNaN(at.getTime())) throw new Error(`${typed} is no moment: write 2026-11-21T08:00:00Z.`);
  return at.toISOString();
}

function choiceOf({ queue = 'all', since, max }: Told): Choice {
  const most = max === undefined ? undefined : Number(max);
  if (most !== undefined && !(Number.isInteger(most) && most > 0))
    throw new Error('--max must be a whole number above zero.');
  return { queue, since: momentOf(since), most };
}

/** Lists what lies in the dead-letter queues: nothing of what an event says, but whose it is and why it failed. */
export async function list(told: Told): Promise<void> {
  const installation = await installationOf(told.installation);
  const found = await deadLetters(installation, choiceOf(told), reasonsOf(told));
  for (const { reader, waiting, letters } of found) {
    const [oldest] = letters;
    say(
      `${reader}: ${lettersOf(waiting)}${oldest ? `, the oldest of ${oldest.sentAt} (${ageOf(oldest.sentAt)})` : ''}`,
    );
    for (const { eventId, type, tenant, sentAt, reason } of letters.slice(0, mostShown)) {
      const whose = tenant ? ` of ${tenant}` : '';
      say(`  ${sentAt} ${type}${whose} ${eventId}: ${reason ?? 'see the log of its function'}`);
    }
    if (letters.length > mostShown) say(`  and ${letters.length - mostShown} more`);
  }
  const kept = failuresOf(told);
  if (kept) {
    const events = announcedAt(kept);
    if (events.length > 0)
      say(`${outbox}: ${events.length} events given up by the reader of the stream, in ${kept}`);
    const unsealed = unsealedAt(kept);
    if (unsealed > 0)
      say(`sealer: ${unsealed} entries given up unsealed, in ${kept} (runbook, \`late-seals\`)`);
  }
  const all = found.reduce((sum, { waiting }) => sum + waiting, 0);
  say(`${lettersOf(all)} in ${found.length} ${found.length === 1 ? 'queue' : 'queues'}`);
}

/** Sends dead letters back to their queues, or events of given-up stream records to the bus. */
export async function sendBack(told: Told): Promise<void> {
  const { queue = 'all' } = told;
  const kept = failuresOf(told);
  if ((queue === outbox || queue === 'all') && kept) {
    const events = announcedAt(kept).filter(({ at }) => at >= (momentOf(told.since) ?? ''));
    await announceAll(events, told);
  } else if (queue === outbox) {
    throw new Error(
      '--from names the folder of what was in the bucket of failures: `aws s3 sync s3://<bucket> <folder>`.',
    );
  }
  if (queue === outbox) return;
  if (told['dry-run']) {
    await list({ ...told, from: undefined });
    return say('Dry run: nothing was moved.');
  }
  tellRedriven(await redrive(await installationOf(told.installation), choiceOf(told)));
}

/** What came of it; throws where something did not go back. */
function tellRedriven(done: readonly Redriven[]): void {
  for (const { reader, moved, both, refused, broke } of done) {
    say(`${reader}: ${lettersOf(moved)} back in its queue`);
    if (both > 0)
      say(`${reader}: ${lettersOf(both)} in its queue, and still here: a redrive sends them once more`);
    for (const [code, some] of Map.groupBy(refused, (one) => one))
      say(`${reader}: ${lettersOf(some.length)} not taken by its queue: ${code}`);
    if (broke) say(`${reader}: it ended before its time: ${broke}`);
  }
  say(`${lettersOf(done.reduce((sum, { moved, both }) => sum + moved + both, 0))} redriven`);
  const whole = done.every(({ both, refused, broke }) => both + refused.length === 0 && !broke);
  if (!whole) throw new Error('Not everything went back: see above, and run it again.');
}

/** Announces once more what the table says was announced in a time: after a restore, or when the stream was lost. */
export async function announceAgain(told: Told): Promise<void> {
  const since = momentOf(told.since);
  if (!since) throw new Error('`announce` needs --since.');
  const until = momentOf(told.until) ?? new Date().toISOString();
  await announceAll(await announcedIn({ since, until, tenant: told.tenant }), told);
}

async function announceAll(events: Parameters<typeof byType>[0], told: Told): Promise<void> {
  for (const [type, count] of byType(events)) say(`  ${count} × ${type}`);
  if (told['dry-run']) return say(`Dry run: ${events.length} events would be announced again.`);
  await announce(events);
  say(`${events.length} events announced again`);
}

function failuresOf({ from, local }: Told): string | undefined {
  const folder = from ?? (local && join(local, 'failures'));
  if (from && !existsSync(from)) throw new Error(`There is no ${from}.`);
  return folder && existsSync(folder) ? folder : undefined;
}

function reasonsOf({ logs, local }: Told): ReadonlyMap<string, string> {
  const files = logs ? [logs] : local ? globSync(join(local, 'logs', '*')) : [];
  return new Map(files.flatMap((file) => [...reasonsIn(readFileSync(file, 'utf8'))]));
}

function ageOf(at: string): string {
  const hours = (Date.now() - Date.parse(at)) / 3_600_000;
  if (hours < 1) return `${Math.round(hours * 60)} minutes old`;
  return hours < 48 ? `${Math.round(hours)} hours old` : `${Math.round(hours / 24)} days old`;
}
