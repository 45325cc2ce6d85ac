import { toNode } from '../../lib/aws/auth.ts';
import { commit, get, LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { now } from '../../lib/aws/world.ts';
import { importRequested } from '../../lib/directory/events.ts';
import type { Row } from '../../lib/directory/file.ts';
import { chunkOf, namesInUse, operationOf, peopleInUse } from '../../lib/directory/import-store.ts';
import { landCompanies, landPeople } from '../../lib/directory/landing.ts';
import { kindOf, type StoredOperation } from '../../lib/directory/operation.ts';
import { checkCompanies, checkPeople } from '../../lib/directory/row.ts';
import { ownWrites, type Settled, settleRows } from '../../lib/directory/settlement.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { Problem } from '../../lib/kit/problem.ts';
import type { Actor, Node } from '../../lib/kit/scope.ts';

// One delivery brings up to five imports one after another into a function that has a minute.
const turnMs = 10_000;
const room = 100 - ownWrites;
const mostRows = 40;

export const onImportRequested = subscriber({
  id: 'on-import-requested',
  on: importRequested,
  impact: 'Imported companies and people do not appear in the directory.',
  handle: settleImport,
});

/** Settles rows, some tens in each transaction, until the import is done or the turn is over. */
async function settleImport(envelope: Envelope): Promise<void> {
  const providerId = envelope.tenant.id;
  const node = toNode(await get(nodeKey(providerId)));
  if (!node) throw new Error('The import belongs to no provider');
  const until = Date.now() + turnMs;
  let operation = await operationOf(providerId, envelope.subject);
  let rows: Row[] = [];
  let chunk = -1;
  while (operation && operation.value.finishedAt === null) {
    if (chunk !== operation.chunk) rows = await chunkOf(providerId, operation);
    chunk = operation.chunk;
    const tired = Date.now() > until;
    const after = rows.length > 0 ? await step(operation, rows, { node, envelope, tired }) : undefined;
    if (after && tired) return;
    operation = after ?? (await operationOf(providerId, envelope.subject));
    if (!after) {
      chunk = -1;
      if (tired) throw new Error('Others are settling the same import');
    }
  }
}

/** One transaction of rows; undefined when what it was decided on has changed meanwhile. */
async function step(
  operation: StoredOperation,
  rows: readonly Row[],
  { node, envelope, tired }: { node: Node; envelope: Envelope; tired: boolean },
): Promise<StoredOperation | undefined> {
  const at = now();
  const settled = await land(node.id, operation, { rows, at });
  const { plan, after } = settleRows(node.id, operation, { settled, inChunk: rows.length, now: at, tired });
  const writes = settle(plan, {
    actor: envelope.actor as Actor,
    target: node,
    now: at,
    requestId: envelope.traceId,
  });
  try {
    const token = digest(envelope.id, operation.version, Math.random()).slice(0, 36);
    await commit(writes, token, Date.now() + 5000);
    return after;
  } catch (error) {
    const taken = error instanceof Problem && error.type.status === 409;
    if (taken || error instanceof LostRace) return undefined;
    throw error;
  }
}

async function land(
  providerId: string,
  operation: StoredOperation,
  { rows, at }: { rows: readonly Row[]; at: string },
): Promise<Settled> {
  const { value, offset } = operation;
  const next = rows.slice(offset, offset + mostRows);
  const by = { providerId, operationId: value.id, now: at, room };
  if (kindOf(value) === 'companies') {
    const checked = checkCompanies(next, value.done);
    return landCompanies(checked, await namesInUse(providerId, checked), by);
  }
  const checked = checkPeople(next, value.done);
  return landPeople(checked, await peopleInUse(providerId, checked), by);
}
