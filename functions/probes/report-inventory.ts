import { toNode } from '../../lib/aws/auth.ts';
import { react } from '../../lib/aws/react.ts';
import { type AgentInput, agentRoute, type Credential } from '../../lib/kit/agent.ts';
import { placed } from '../../lib/kit/move.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked, unavailable } from '../../lib/kit/problem.ts';
import { applyPart } from '../../lib/probes/inventory.ts';
import { areKnown, inventoryStanding } from '../../lib/probes/inventory-store.ts';
import { sequenceGap, sequenceReused, tooManyItems } from '../../lib/probes/problems.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import {
  ahead,
  type InventoryOutcome,
  type InventoryReport,
  inTime,
  inventoryOutcome,
  inventoryReport,
  isNearFull,
  itemsOf,
  keptIds,
  mustFit,
  nextPart,
} from '../../lib/probes/report.ts';
import { agentOf, inService } from '../../lib/probes/step.ts';
import { hear } from './hear.ts';

export const reportInventory = agentRoute({
  id: 'reportInventory',
  method: 'POST',
  path: '/v1/agent/inventory',
  summary: 'Report things that were found, renamed or are gone',
  description:
    'Reports apply strictly one after the other. New things are monitored as far as licences reach, the others are listed as waiting. Where no answer came, the same report is sent again: what was applied of it is not applied twice.',
  permission: 'agent',
  body: inventoryReport,
  maxBodyBytes: 262_144,
  maxInflatedBytes: 1_048_576,
  reply: { status: 200, body: inventoryOutcome },
  refuses: [sequenceGap, sequenceReused, tooManyItems],
  handle: async (input) => {
    return { body: await applyAll(input, await heardInTime(input)) };
  },
});

const mostTries = 6;

/** Hears a report at its probe's pace, which is kept on the pulse: whatever instances take its reports. */
async function heardInTime(input: AgentInput<InventoryReport>): Promise<Pulse> {
  const { body, now } = input;
  let { pulse, done } = await hear(input, inTime(body, now));
  for (let tries = 0; !done && tries < mostTries; tries++)
    ({ pulse, done } = await hear(input, ahead(pulse, body, now)));
  return done ? pulse : refuse(unavailable);
}

/** Applies what is left of a report, part by part; a crash in between leaves the rest to the same report sent again. */
async function applyAll(
  { proven, body, requestId }: AgentInput<InventoryReport>,
  heard: Pulse,
): Promise<InventoryOutcome> {
  let pulse = heard;
  let applied = false;
  for (;;) {
    const next = nextPart(pulse, body);
    if ('done' in next) return { ...next.done, accepted: applied };
    if (next.part === 0) await makeSure(proven.credential, pulse, body);
    const decided = await applyNext(proven.credential, body, { pulse, part: next.part, requestId });
    pulse = decided.after;
    applied ||= decided.applied;
  }
}

async function makeSure(
  { customerId, probeId }: Credential,
  pulse: Pulse,
  report: InventoryReport,
): Promise<void> {
  if (!isNearFull(pulse, report)) return;
  mustFit(pulse, report, await areKnown(customerId, keptIds(probeId, report.items)));
}

async function applyNext(
  credential: Credential,
  report: InventoryReport,
  at: { readonly pulse: Pulse; readonly part: number; readonly requestId: string },
): Promise<{ after: Pulse; applied: boolean }> {
  const { part, requestId } = at;
  const ids = keptIds(credential.probeId, itemsOf(report, part));
  let decided = { after: at.pulse, applied: false };
  await react({ traceId: requestId }, async (now) => {
    const { pulse, account, found, node: item, move } = await inventoryStanding(credential, ids);
    const node = toNode(item);
    if (!pulse || !node || !inService(pulse.state) || pulse.generation !== at.pulse.generation)
      return refuse(agentRevoked);
    const next = nextPart(pulse, report);
    // Somebody else has applied it meanwhile.
    if (!('part' in next) || next.part !== part) {
      decided = { after: pulse, applied: false };
      return undefined;
    }
    const { plan, after } = applyPart({ pulse, account, found }, report, { part, now });
    decided = { after, applied: true };
    return { plan, target: { ...node, path: placed(node.path, move) }, actor: agentOf(pulse) };
  });
  return decided;
}
