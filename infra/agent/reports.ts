import { count, cut, differences, doubt, ofKnown, type Reported } from './inventory.ts';
import type { Parts } from './probe.ts';

/** Looks at everything. What was found waits on the disk until it is sent. */
export function look({ memory, scan, say }: Parts): void {
  if (!scan) return;
  try {
    const things = scan();
    memory.addUsage(count(things));
    // The last differences are not out yet: those since then are found when they are.
    if (memory.inventory().length > 0) return;
    const changed = differences(memory.known(), things);
    memory.addInventory(cut(changed));
    if (changed.length > 0) say(`found ${things.length} things, ${changed.length} of them to report`);
  } catch (error) {
    say(`could not look: ${(error as Error).message}`);
  }
}

/** Reports everything again, after the report of this number. */
export function startOver(parts: Parts, sequence: number): void {
  const { memory } = parts;
  const unsure = memory.inventory().flatMap(({ body }) => body.items);
  memory.setKnown(doubt(memory.known(), sequence, unsure));
  look(parts);
}

/** Brings numbers together: after enrolling, or where this folder is an older copy. */
export function align(parts: Parts, heard: { usageSequence: number; inventorySequence: number }): void {
  const { memory, say } = parts;
  const { usageSequence, inventorySequence } = heard;
  const { anew = false, usage } = memory.self();
  const { sequence } = memory.known();
  // Numbers begin again with each enrolment.
  if (anew) for (const { file } of memory.usage()) memory.drop(file);
  if (anew || usage < usageSequence) memory.keep({ usage: usageSequence });
  const next = memory.inventory()[0]?.body.sequence;
  // One that was taken, but whose answer was lost, is sent again.
  const answered = inventorySequence === sequence + 1 && inventorySequence === next;
  if (anew || (inventorySequence !== sequence && !answered)) {
    if (inventorySequence > 0) say(`goes on after inventory report ${inventorySequence}`);
    startOver(parts, inventorySequence);
    memory.keep({ anew: false });
  } else if (usage < usageSequence) look(parts);
}

/** Sends what waits of the inventory, in order; what was not taken is found anew, and sent in this turn or the next. */
export async function sendInventory(parts: Parts): Promise<void> {
  if (!(await sendWaiting(parts))) await sendWaiting(parts);
}

async function sendWaiting(parts: Parts): Promise<boolean> {
  const { memory, line, say } = parts;
  for (const report of memory.inventory()) {
    const { sequence } = report.body;
    const { status, body } = await line.call('POST', '/v1/agent/inventory', report.body);
    if (status === 200 && body.sequence === sequence) {
      memory.took(report);
      say(`inventory ${sequence}: ${body.managed} managed, ${body.unmanaged} waiting, ${body.gone} gone`);
      continue;
    }
    say(`inventory ${sequence} was not taken (${body.code ?? status}): it is found anew`);
    if (body.code === 'agent.too_many_items') keepToKnown(parts, report.body.items);
    // After what is expected next, after what has the number, or with the next look.
    else if (status === 409) startOver(parts, Number(body.expected) - 1);
    else if (status === 200 || status === 422) startOver(parts, Number(body.sequence));
    else memory.setKnown(memory.known());
    return false;
  }
  return true;
}

/** The probe is full: what there was before is told all the same, what is new waits for the next look. */
function keepToKnown({ memory }: Parts, items: readonly Reported[]): void {
  const known = memory.known();
  memory.setKnown(known);
  memory.addInventory(cut(ofKnown(known, items)));
}

/** Sends what waits of the totals, oldest first. */
export async function sendUsage({ memory, line, say }: Parts): Promise<void> {
  for (const { file, body: report } of memory.usage()) {
    const { status, body } = await line.call('POST', '/v1/agent/usage', report);
    if (status !== 200) say(`usage ${report.sequence} was not taken: ${body.detail}`);
    memory.drop(file);
  }
}
