import * as z from 'zod';
import { type Command, command, type Pulse } from './pulse.ts';
import { mustBe, type Step, stepOf } from './step.ts';

export const newCommand = command.pick({ kind: true });

/** What an agent says of a command that it was told. */
export const commandResult = z.strictObject({
  result: z.enum(['DONE', 'FAILED']),
});

/** The command of this kind that waits already. A second one would say the same, so at most one of each kind waits. */
export const waiting = ({ commands }: Pulse, kind: Command['kind']): Command | undefined =>
  commands.find((one) => one.kind === kind);

/**
 * Has a command told to the agent with its next heartbeat. The whole inventory comes under the next number, also where
 * the agent can no longer finish the report before.
 */
export function order(before: Pulse, told: Command): Step {
  mustBe(before, ['UP', 'DOWN']);
  return changed(before, [...before.commands, told], {
    action: 'probes.order',
    detail: { commandId: told.id, kind: told.kind },
    afresh: told.kind === 'RESYNC',
  });
}

/**
 * A RESYNC that waits is ordered again: what is left of a report half applied need no longer be sent. Undefined where
 * there is none.
 */
export function orderAgain(before: Pulse, { id, kind }: Command): Step | undefined {
  mustBe(before, ['UP', 'DOWN']);
  if (kind !== 'RESYNC' || before.whole) return undefined;
  return changed(before, before.commands, {
    action: 'probes.order',
    detail: { commandId: id, kind },
    afresh: true,
  });
}

/** Takes a command off that the agent has done or failed to do; undefined where it no longer waits. */
export function acknowledge(
  before: Pulse,
  commandId: string,
  { result }: z.infer<typeof commandResult>,
): Step | undefined {
  const done = before.commands.find(({ id }) => id === commandId);
  if (!done) return undefined;
  return changed(
    before,
    before.commands.filter(({ id }) => id !== commandId),
    { action: 'probes.acknowledge', detail: { commandId, kind: done.kind, result } },
  );
}

function changed(
  before: Pulse,
  commands: readonly Command[],
  {
    afresh = false,
    ...told
  }: { action: string; detail: Readonly<Record<string, unknown>>; afresh?: boolean },
): Step {
  const set = { commands: [...commands], commandsVersion: before.commandsVersion + 1 };
  if (!afresh) return stepOf(before, set, { ...told, seen: ['commandsVersion'] });
  const seen = ['commandsVersion', 'inventory', 'parts'] as const;
  return stepOf(before, { ...set, whole: true }, { ...told, seen });
}
