import { hashOf, newKey, publicKeyOf } from './identity.ts';
import { Unheard } from './line.ts';
import type { Parts } from './probe.ts';

/** Redeems the enrolment key that the agent was started with, unless it was redeemed before. */
export async function enrol({ memory, line, enrolmentKey, say }: Parts): Promise<void> {
  const { redeemed, certificate: held } = memory.self();
  if (held !== undefined && (enrolmentKey === undefined || hashOf(enrolmentKey) === redeemed)) return;
  if (enrolmentKey === undefined)
    throw new Unheard('There is no enrolment key: start it with --key.', { ended: true });
  const key = nextKey(memory);
  const registered = { enrolmentKey, publicKey: publicKeyOf(key) };
  const { status, body } = await line.enrol('/v1/agent/enrol', key, registered);
  if (status !== 200) throw new Unheard(`The enrolment key was refused: ${body.detail}`, { ended: true });
  const { certificate, probeId, state } = body as Record<'certificate' | 'probeId' | 'state', string>;
  const start = { anew: true, redeemed: hashOf(enrolmentKey), done: [], configVersion: 0 };
  memory.keep({ key, next: undefined, certificate, probeId, ...start });
  say(`enrolled as ${probeId}: ${state}`);
}

/** Registers another key pair and goes on with it. */
export async function rotate(
  { memory, line }: Pick<Parts, 'memory' | 'line'>,
  path = '/v1/agent/rotation',
): Promise<void> {
  const key = nextKey(memory);
  const { status, body } = await line.call('POST', path, { publicKey: publicKeyOf(key) });
  if (status !== 200) throw new Unheard(`The rotation was refused: ${body.detail}`);
  memory.keep({ key, next: undefined, certificate: String(body.certificate) });
}

/** On the disk before it is registered: whoever gets no answer asks again with the same. */
export function nextKey(memory: Parts['memory']): string {
  const key = memory.self().next ?? newKey();
  memory.keep({ next: key });
  return key;
}
