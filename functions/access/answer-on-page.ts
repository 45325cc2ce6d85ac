import {
  askToLeave,
  confirm,
  countWrong,
  decline,
  importsThemselves,
} from '../../lib/access/confirmation.ts';
import { isAddressOf, mostWrong } from '../../lib/access/import-link.ts';
import {
  askingPage,
  cannotPage,
  confirmedPage,
  deadPage,
  declinedPage,
  laterPage,
  leavingPage,
  nobodyPage,
  removeFirstPage,
} from '../../lib/access/import-page.ts';
import { cannotLink, nobodyToLeave, removeFirst } from '../../lib/access/import-problems.ts';
import { behind } from '../../lib/access/import-store.ts';
import { type Opened, opened } from '../../lib/access/opened.ts';
import { commit, LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now, secret } from '../../lib/aws/world.ts';
import { namesMove } from '../../lib/customers/problems.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';
import type { Actor } from '../../lib/kit/scope.ts';
import { factsFor, handOver, obstacleTo } from './handover.ts';
import type { Form } from './import-form.ts';
import { noteHindered } from './note-try.ts';

export interface Shown {
  readonly status: number;
  readonly html: string;
}

/** Of the API's patience, less what one more try takes. */
const patienceMs = 6000;

const dead: Shown = { status: 410, html: deadPage() };
const pages: Readonly<Record<string, () => string>> = {
  [cannotLink.code]: cannotPage,
  [namesMove.code]: laterPage,
  [removeFirst.code]: removeFirstPage,
  [nobodyToLeave.code]: nobodyPage,
};

/** Shows what a link asks for; changes nothing, however often it is looked at. */
export async function showImport(token: string): Promise<Shown> {
  const from = opened(await behind(token), now());
  return from ? { status: 200, html: asking(token, from) } : dead;
}

const presentName = ({ present }: Opened): string | undefined => present && String(present.name);

const asking = (token: string, from: Opened, wrong = false): string =>
  askingPage({
    ...{ token, wrong, one: from.one, partnerName: from.partner.name, above: from.above },
    ...{ presentName: presentName(from), wished: from.recipient.wished },
  });

/** Does what somebody answered; who types another address than the mail went to is refused, and counted. */
export async function answerOnPage(form: Form, requestId: string): Promise<Shown> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const at = now();
    try {
      const decided = await consider(form, { now: at, again: attempt > 0, requestId });
      if (!decided) return dead;
      const { plan, target, actor, shown } = decided;
      await commit(settle(plan, { target, actor, now: at, requestId }), secret(24), deadline);
      return shown;
    } catch (error) {
      const page = error instanceof Problem ? pages[error.type.code] : undefined;
      if (page) return { status: 409, html: page() };
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}

type Made = { now: string; again: boolean; requestId: string };

async function consider(form: Form, made: Made) {
  const from = opened(await behind(form.token), made.now);
  if (!from) return undefined;
  const target = from.customer;
  if (!isAddressOf(form.email, from.recipient)) {
    const plan = countWrong(from, 'WRONG_ADDRESS', made.now);
    return { plan, shown: wrongly(form, from), target, actor: importsThemselves };
  }
  const { personId, customerId } = from.link;
  const actor: Actor = { id: personId, kind: 'person', home: customerId };
  const decided = await decide(form, from, made);
  return decided && { ...decided, target, actor };
}

async function decide(
  form: Form,
  from: Opened,
  made: Made,
): Promise<{ plan: Plan; shown: Shown } | undefined> {
  const { decision, reason } = form;
  if (decision === 'decline') {
    return { plan: decline(from, reason, made.now), shown: { status: 200, html: declinedPage() } };
  }
  if (decision === 'leave') {
    const html = leavingPage(presentName(from) ?? '', from.partner.name);
    return { plan: askToLeave(from, made.now), shown: { status: 200, html } };
  }
  const facts = await factsFor(from, made.again);
  const obstacle = obstacleTo(from, facts, made);
  // Who was first with the same link may have made what is in the way.
  if (obstacle && !(await noteHindered(form.token, obstacle, made.requestId))) return undefined;
  const handover = handOver(from, facts, made);
  return {
    plan: confirm(from, handover, made.now),
    shown: { status: 200, html: confirmedPage(from.partner.name) },
  };
}

function wrongly(form: Form, from: Opened): Shown {
  return from.recipient.wrong + 1 >= mostWrong ? dead : { status: 403, html: asking(form.token, from, true) };
}
