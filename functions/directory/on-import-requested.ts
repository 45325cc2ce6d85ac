import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { backoff } from '../../lib/aws/world.ts';
import { importRequested } from '../../lib/directory/events.ts';
import type { Row } from '../../lib/directory/file.ts';
import { chunkOf, namesInUse, operationOf, peopleInUse } from '../../lib/directory/import-store.ts';
import { landCompanies, landPeople } from '../../lib/directory/landing.ts';
import { kindOf, type StoredOperation } from '../../lib/directory/operation.ts';
import { checkCompanies, checkPeople } from '../../lib/directory/row.ts';
import { ownWrites, type Settled, settleRows } from '../../lib/directory/settlement.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import type { Actor } from '../../lib/kit/scope.ts';

const turnMs = 10_000;
const room = 100 - ownWrites;
const mostRows = 40;
const mostLooks = 5;

export const onImportRequested = subscriber({
  id: 'on-import-requested',
  on: importRequested,
  impact: 'Imported companies and people do not appear in the directory.',
  handle: settleImport,
});

/** An import and the rows of its current portion. */
interface Standing {
  readonly operation: StoredOperation;
  readonly rows: readonly Row[];
}

/** Settles rows, some tens in each transaction, until the import is done or the turn is over. */
async function settleImport(envelope: Envelope<{ kind: string }>): Promise<void> {
  if (envelope.data.kind === 'catalogue') return;
  const providerId = envelope.tenant.id;
  const target = toNode(await get(nodeKey(providerId)));
  if (!target) throw new Error('The import belongs to no provider');
  const actor = envelope.actor as Actor;
  const until = Date.now() + turnMs;
  let standing = await standingOf(providerId, envelope.subject);
  while (standing) {
    const tired = Date.now() > until;
    let after: StoredOperation | undefined;
    await react(envelope, async (now, again) => {
      after = undefined;
      if (again) standing = await standingOf(providerId, envelope.subject);
      if (!standing) return undefined;
      const { operation, rows } = standing;
      const settled = await land(providerId, operation, { rows, at: now });
      const decided = settleRows(providerId, operation, { settled, inChunk: rows.length, now, tired });
      after = decided.after;
      return { plan: decided.plan, target, actor };
    });
    standing = after && !tired ? await follow(providerId, after, standing) : undefined;
  }
}

/** What is still to be settled; undefined when it is done. */
async function standingOf(providerId: string, operationId: string): Promise<Standing | undefined> {
  for (let attempt = 0; attempt < mostLooks; attempt++) {
    const operation = await operationOf(providerId, operationId);
    if (!operation || operation.value.finishedAt !== null) return undefined;
    const rows = await chunkOf(providerId, operation);
    // Without rows another has settled this portion between the two reads.
    if (rows.length > 0) return { operation, rows };
    await backoff(attempt);
  }
  throw new Error('The rows of the import are not there');
}

async function follow(
  providerId: string,
  operation: StoredOperation,
  before: Standing,
): Promise<Standing | undefined> {
  if (operation.value.finishedAt !== null) return undefined;
  if (operation.chunk === before.operation.chunk) return { operation, rows: before.rows };
  return standingOf(providerId, operation.value.id);
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
