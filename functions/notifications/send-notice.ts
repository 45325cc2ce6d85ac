import { commit, LostRace } from '../../lib/aws/db.ts';
import { send } from '../../lib/aws/mail.ts';
import { now, secret } from '../../lib/aws/world.ts';
import {
  type Delivery,
  isLeased,
  leaseMs,
  type Outcome,
  type Pending,
  settleDelivery,
  tagsOf,
} from '../../lib/notifications/delivery.ts';
import { type Message, toMail } from '../../lib/notifications/emails.ts';
import { deliveryOf, outgoing, suppressedAmong } from '../../lib/notifications/store.ts';

const patienceMs = 5000;

/** Makes what is sent of what is kept, just before it goes: what must stand in the mail alone. Undefined: nothing is to go. */
export type Complete = (kept: Message) => Promise<Message | undefined>;

const asKept: Complete = async (kept) => kept;

/**
 * Sends what of a notice is still to be sent, each mail by whoever holds its lease. Where another holds one, waits
 * until it is sent or the lease is over. SES has no idempotency key: a crash between its answer and our mark
 * sends one mail twice, under the same notice id.
 * @throws what SES throws while it is throttled or out of reach: the queue tries again.
 */
export async function sendNotice(
  tenantId: string,
  noticeId: string,
  complete: Complete = asKept,
): Promise<void> {
  const deadline = Date.now() + leaseMs + patienceMs;
  for (let round = 0; await sendPending(tenantId, noticeId, complete); round++) {
    if (Date.now() > deadline) throw new Error(`Notice ${noticeId} is still being sent by another`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(2000, 100 * 2 ** round)));
  }
}

/** True when others are sending some of it. */
async function sendPending(tenantId: string, noticeId: string, complete: Complete): Promise<boolean> {
  const { message, deliveries } = await outgoing(tenantId, noticeId);
  const pending = deliveries.filter((one) => one.state === 'PENDING');
  if (pending.length === 0 || !message) return false;
  const suppressed = await suppressedAmong(
    tenantId,
    pending.map(({ recipientHash }) => recipientHash),
  );
  let othersSend = false;
  for (const one of pending) {
    if (isLeased(one, now())) othersSend = true;
    else if (suppressed.has(one.recipientHash))
      await turn(tenantId, one, { state: 'SUPPRESSED', why: 'ADDRESS' });
    else if (!(await sendOne(tenantId, one, () => complete(message)))) othersSend = true;
  }
  return othersSend;
}

const lease = () => new Date(Date.now() + leaseMs).toISOString();

/** Claims, sends, marks. False when another claimed it first. */
async function sendOne(
  tenantId: string,
  one: Pending,
  completed: () => Promise<Message | undefined>,
): Promise<boolean> {
  const claimed = await turn(tenantId, one, { state: 'PENDING', leaseUntil: lease() });
  if (claimed?.state !== 'PENDING') return false;
  let sent: Awaited<ReturnType<typeof send>>;
  try {
    const message = await completed();
    sent = message
      ? await send({ to: one.recipient, ...toMail(message, one.noticeId), tags: tagsOf(tenantId, one) })
      : { refused: 'What it asks for is over' };
  } catch (error) {
    await turn(tenantId, claimed, { state: 'PENDING', leaseUntil: null }).catch(() => undefined);
    throw error;
  }
  await mark(
    tenantId,
    claimed,
    'messageId' in sent ? { state: 'SENT', ...sent } : { state: 'FAILED', reason: sent.refused },
  );
  return true;
}

/** Moves a delivery on; undefined when someone else has moved it. */
async function turn(tenantId: string, current: Pending, outcome: Outcome): Promise<Delivery | undefined> {
  const { write, delivery } = settleDelivery(tenantId, current, { outcome, now: now() });
  try {
    await commit([write], secret(24), Date.now() + patienceMs);
    return delivery;
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

/** SES may have told of the mail before us: then what it told stands. */
async function mark(tenantId: string, claimed: Pending, outcome: Outcome): Promise<void> {
  if (await turn(tenantId, claimed, outcome)) return;
  const current = await deliveryOf(tenantId, claimed);
  if (current?.state === 'PENDING') await turn(tenantId, current, outcome);
}
