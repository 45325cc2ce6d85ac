import * as z from 'zod';
import { line } from '../kit/text.ts';
import { type Command, command, type Pulse } from './pulse.ts';
import { mustBe, type Step, stepOf } from './step.ts';

export const newCommand = command.pick({ kind: true });

/** What an agent says of a command that it was told. */
export const commandResult = z.strictObject({
  result: z.enum(['DONE', 'FAILED']),
  detail: line(500).optional(),
});

/** The command of this kind that waits already. A second one would say the same, so at most one of each kind waits. */
export const waiting = ({ commands }: Pulse, kind: Command['kind']): Command | undefined =>
  commands.find((one) => one.kind === kind);

/** Has a command told to the agent with its next heartbeat. */
export function order(before: Pulse, told: Command): Step {
  mustBe(before, ['UP', 'DOWN']);
  return changed(before, [...before.commands, told], {
    action: 'probes.order',
    detail: { commandId: told.id, kind: told.kind },
  });
}

/** Takes a command off that the agent has done or failed to do; undefined where it no longer waits. */
export function acknowledge(
  before: Pulse,
  commandId: string,
  { result, detail }: z.infer<typeof commandResult>,
): Step | undefined {
  const done = before.commands.find(({ id }) => id === commandId);
  if (!done) return undefined;
  return changed(
    before,
    before.commands.filter(({ id }) => id !== commandId),
    { action: 'probes.acknowledge', detail: { commandId, kind: done.kind, result, detail } },
  );
}

function changed(
  before: Pulse,
  commands: readonly Command[],
  told: { action: string; detail: Readonly<Record<string, unknown>> },
): Step {
  const set = { commands: [...commands], commandsVersion: before.commandsVersion + 1 };
  return stepOf(before, set, { ...told, seen: ['commandsVersion'] });
}
