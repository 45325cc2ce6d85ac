import { commit, LostRace } from '../../lib/aws/db.ts';
import { describeFailure, isLasting, openDirectory } from '../../lib/aws/directory.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now, secret } from '../../lib/aws/world.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Announcement, Envelope } from '../../lib/kit/event.ts';
import type { Plan, Write } from '../../lib/kit/plan.ts';
import type { Actor, Node } from '../../lib/kit/scope.ts';
import { isOfService, type What } from '../../lib/provisioning/desired.ts';
import { enter, leave, wait } from '../../lib/provisioning/lane.ts';
import { rebase } from '../../lib/provisioning/rebase.ts';
import { isRenewed, renew, stepsNow } from '../../lib/provisioning/renew.ts';
import {
  progress,
  type Request,
  recordStep,
  resumption,
  rewind,
  supersede,
} from '../../lib/provisioning/request.ts';
import { subjectOf } from '../../lib/provisioning/rules.ts';
import { laneOf, requestAtWork, requestOf } from '../../lib/provisioning/store.ts';
import { type Place, parentsAt, placeOf } from '../../lib/provisioning/tree-store.ts';
import { aroundWish } from './draw-request.ts';
import { execute } from './execute-step.ts';

// One delivery brings up to five requests one after another into a function that has a minute.
const turnMs = 8000;
const patienceMs = 3000;
const nobody = '';

/**
 * Does the steps of a request that are left, one after another. A step that fails is recorded and thrown, so that the
 * queue brings the event back later; the last failure is recorded only.
 */
export async function run(found: Request, envelope: Envelope): Promise<void> {
  // It may have been called: the next in line does not wait for it.
  if (found.finishedAt !== null) return leaveLane(found, nobody, envelope);
  const holder = await enterLane(found);
  if (holder === undefined) return;
  const directory = openDirectory();
  try {
    const { customerId, id, userId } = found;
    const subject = subjectOf(userId);
    const read = await requestAtWork(customerId, { requestId: id, objectId: subject });
    const { request, exists } = read;
    if (!request || request.finishedAt !== null) return;
    const older = !lasts(request) && (read.subject?.asOf ?? -1) > request.asOf;
    if (older || (!exists && request.what !== 'delete')) {
      return await record(request, supersede(request, now()), { envelope });
    }
    const current = await lookAgain(request, envelope);
    if (current.steps.some(({ state }) => state === 'WAITING')) {
      return await work(current, { envelope, directory, subject });
    }
    await record(current, supersede(current, now()), { envelope });
  } finally {
    await directory.close();
    await leaveLane(found, holder, envelope);
  }
}

/** Requests that carry no state, or draw it anew: a later one does not make them void. */
const lasts = (request: Request): boolean =>
  isRenewed(request) || isOfService(request.what) || passing.includes(request.what);
const passing: readonly What[] = ['align', 'user_reset_password'];

/** A request that waited does what is asked for now: an older state never comes back. */
async function lookAgain(request: Request, envelope: Envelope): Promise<Request> {
  const { customerId, wish, path } = request;
  if (!wish || !isRenewed(request)) return request;
  const found = await aroundWish(customerId, wish, path[1] ?? '');
  const line = [path[0] ?? '', ...found.above.map(({ id }) => String(id)), customerId];
  const current = renew(request, stepsNow(request, found), { path: line, at: now() });
  if (current !== request) await record(request, current, { envelope });
  return current;
}

type By = { envelope: Envelope; directory: ReturnType<typeof openDirectory>; subject: string };

async function work(started: Request, by: By): Promise<void> {
  const until = Date.now() + turnMs;
  let [request, place] = await follow(started, by);
  let lost = 0;
  while (request.finishedAt === null) {
    const next = request.steps.find(({ state }) => state === 'WAITING');
    if (!next) throw new Error('A request without steps left is not finished');
    const { customerId, asOf } = request;
    const { directory, subject } = by;
    const turn = { customerId, asOf, directory, subject, ...place };
    const done = await execute(next.step, turn).catch((error: unknown) => error as Error);
    if (done instanceof Error) {
      const outcome = { done: false, message: describeFailure(done), lasting: isLasting(done), at: now() };
      const failed = recordStep(request, outcome);
      await record(request, failed, by);
      if (failed.finishedAt !== null) return;
      throw done;
    }
    // What a step relied on may have changed while it was at work: then it is done again as things are now.
    const [after, standing] = await follow(request, by);
    if (standing.blocked !== place.blocked || after !== request) {
      [request, place] = [standing.blocked === place.blocked ? after : rewind(after), standing];
      continue;
    }
    const { message, next: rest, sealed } = done;
    const recorded = recordStep(request, { done: true, message, at: now(), next: rest, sealed });
    const tired = recorded.finishedAt === null && Date.now() > until;
    try {
      await record(request, recorded, { ...by, ...done, tired });
    } catch (error) {
      // Containers above are made for several customers at once: the step finds it done next time.
      if (!(error instanceof LostRace) || ++lost > 8) throw error;
      await backoff(lost);
      request = (await requestOf(customerId, request.id)) ?? request;
      continue;
    }
    if (tired) return;
    request = recorded;
  }
}

/** A request at the place where its customer stands now, and what holds there. */
async function follow(request: Request, by: { envelope: Envelope }): Promise<[Request, Place]> {
  const { customerId, path } = request;
  const place = await placeOf(customerId, path);
  if (!place) return [request, { path, blocked: false }];
  if (place.path.join() === path.join()) return [request, place];
  const moved = rebase(request, await parentsAt(place.path), now());
  await record(request, moved, by);
  return [moved, place];
}

async function record(
  before: Request,
  after: Request,
  by: {
    envelope: Envelope;
    writes?: readonly Write[];
    announcements?: readonly Announcement[];
    tired?: boolean;
  },
): Promise<void> {
  const plan = progress(before, after);
  const told = [...(by.announcements ?? []), ...(by.tired ? [resumption(after)] : [])];
  const { customerId: subject, id } = after;
  const action = by.tired ? 'provisioning.pause' : 'provisioning.ask_below';
  const announcements = [...(plan.announcements ?? []), ...told];
  const receipt = plan.receipt ?? (told.length > 0 ? { action, subject, after: { request: id } } : undefined);
  const writes = [...plan.writes, ...(by.writes ?? [])];
  await write(
    settled({ ...plan, ...(receipt ? { receipt, announcements } : {}), writes }, after, by.envelope),
  );
}

function settled(plan: Plan, request: Request, { actor, traceId }: Envelope): Write[] {
  const target = nodeOf(request);
  return settle(plan, { actor: actor as Actor, target, now: now(), requestId: traceId });
}

// The node itself may be gone by now; where it stood is known.
function nodeOf({ customerId, path }: Request): Node {
  return { id: customerId, type: 'CUSTOMER', path, name: '', version: 0, item: {} };
}

async function write(writes: readonly Write[]): Promise<void> {
  await commit(writes, digest(writes, Math.random()).slice(0, 36), Date.now() + 5000);
}

/** Takes the lane, or stands in line: then whoever leaves it calls this request, and no try is lost. Answers as whom it was taken. */
async function enterLane({ customerId, id }: Request): Promise<string | undefined> {
  const until = Date.now() + patienceMs;
  const holder = `${id} ${secret(6)}`;
  for (let attempt = 0; ; attempt++) {
    const lane = await laneOf(customerId);
    const entry = enter(customerId, lane, { holder, id, now: Date.now() });
    if (entry && (await won([entry]))) return holder;
    if (!entry && lane && Date.now() > until) {
      if (lane.waiting.includes(id)) return undefined;
      const place = wait(customerId, lane, id);
      if (!place) throw new Error(`Too many requests of ${customerId} are waiting`);
      if (await won([place])) return undefined;
    }
    await backoff(attempt);
  }
}

/** Leaves the lane that is held so, or that nobody holds, and calls the next in line. */
async function leaveLane(request: Request, holder: string, envelope: Envelope): Promise<void> {
  const { customerId } = request;
  for (let attempt = 0; ; attempt++) {
    const lane = await laneOf(customerId);
    if (!lane || lane.holder !== holder) return;
    const { write: left, next } = leave(customerId, lane);
    const plan: Plan = {
      writes: [left],
      receipt: { action: 'provisioning.call_next', subject: customerId, after: { requests: next } },
      announcements: next.map((id) => resumption({ customerId, id })),
      reply: {},
    };
    if (await won(next.length > 0 ? settled(plan, request, envelope) : [left])) return;
    await backoff(attempt);
  }
}

function won(writes: readonly Write[]): Promise<boolean> {
  return write(writes).then(
    () => true,
    (error: unknown) => {
      if (error instanceof LostRace) return false;
      throw error;
    },
  );
}
