import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Around } from '../lib/aws/aws-json.ts';
import { newId } from '../lib/aws/world.ts';
import pricing from './pricing.json' with { type: 'json' };

/** Request units of one call, as the engine counted them. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

export interface MixedRow {
  readonly what: string;
  /** Of all calls. */
  readonly share: number;
  readonly ours: Units;
  readonly documented: Units;
}

export interface Mixed {
  readonly rows: readonly MixedRow[];
  /** DynamoDB dollars of a million calls of the mix. */
  readonly dollars: { readonly ours: number; readonly documented: number };
  readonly ratio: number;
  /** The ratio where the documented stack reads eventually, and where its report is one update without an entry. */
  readonly milder: { readonly eventualReads: number; readonly plainUsage: number; readonly both: number };
}

const { dynamodbWriteUnit, dynamodbReadUnit } = pricing.perMillion;
const dollarsOf = ({ read, write }: Units) => read * dynamodbReadUnit + write * dynamodbWriteUnit;
const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** Dollars per million calls of a mix, by what each call takes. */
export function priced(rows: readonly MixedRow[], whose: (row: MixedRow) => Units): number {
  return rows.reduce((sum, row) => sum + row.share * dollarsOf(whose(row)), 0);
}

/** The mix of rows with both bills. */
export function billed(rows: readonly MixedRow[]): Mixed {
  const ours = priced(rows, (row) => row.ours);
  const against = (whose: (row: MixedRow) => Units) => rounded(ours / priced(rows, whose));
  const eventual = ({ documented }: MixedRow) => ({ ...documented, read: documented.read / 2 });
  const plain = (row: MixedRow) => (row.what === usage ? { ...row.documented, write: 3 } : row.documented);
  return {
    rows,
    dollars: { ours: rounded(ours), documented: rounded(priced(rows, (row) => row.documented)) },
    ratio: against((row) => row.documented),
    milder: {
      eventualReads: against(eventual),
      plainUsage: against(plain),
      both: against((row) => eventual({ ...row, documented: plain(row) })),
    },
  };
}

const usage = 'usage, six meters';

/** Runs each call of the mix once, of both, on the engine that the environment names, and lets the engine count. */
export async function measureMixed(): Promise<Mixed> {
  const { addCustomer, call, makeMsp } = await import('../test/kit/world.ts');
  const { plantCreditSystem } = await import('../test/kit/plant.ts');
  const { plantCustomers } = await import('../test/every/planting.ts');
  const { agentScenarios } = await import('../test/every/agent.scenarios.ts');
  const { scenarios } = await import('../test/every/scenarios.ts');
  const { client } = await import('../lib/aws/dynamo.ts');
  const counted = counter((around) => client().around('call', around));
  const msp = await makeMsp();
  const stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  const many = await makeMsp();
  await plantCustomers(many.id, 50);
  const called = (name: string) => async () => {
    const { line, ...sent } = (await scenarios[name]?.(stage)) ?? { line: '' };
    return () => call(line, sent);
  };
  const agent = (name: string) => () => agentScenarios[name]?.(stage);
  const list = async () => () => call('GET /v1/customers?limit=50', { as: many.reader });
  const theirs = await documentedCalls();
  // The key that seals cursors is read once per process.
  await (await list())();
  const parts: [string, number, () => unknown, () => Promise<unknown>][] = [
    ['heartbeat', 0.6, agent('agentHeartbeat'), theirs.heartbeat],
    [usage, 0.2, agent('reportUsage: six meters'), theirs.usage],
    ['check of a licence', 0.1, called('getSubscription'), theirs.check],
    ['debit', 0.05, called('debitCredits: own request id'), theirs.debit],
    ['page of 50 customers', 0.05, list, theirs.list],
  ];
  const rows: MixedRow[] = [];
  for (const [what, share, prepare, documented] of parts) {
    const ours = (await prepare()) as () => Promise<unknown>;
    rows.push({ what, share, ours: await counted(ours), documented: await theirs.counted(documented) });
  }
  return billed(rows);
}

async function documentedCalls() {
  const { createDocumentedTables } = await import('./documented/tables.ts');
  await createDocumentedTables();
  const { client } = await import('./documented/store.ts');
  const { handler: debit } = await import('./documented/debit.ts');
  const { handler: report } = await import('./documented/usage.ts');
  const { check, heartbeat, list, plantDocumented } = await import('./documented/reads.ts');
  const { sixCounts } = await import('../test/every/agent.scenarios.ts');
  const customerId = newId('customer', Date.now());
  await plantDocumented(customerId);
  const send = (handler: unknown, body: object) => async () => {
    const event = {
      headers: { 'content-type': 'application/json' },
      pathParameters: { customerId },
      body: JSON.stringify({ requestId: newId('request', Date.now()), ...body }),
    };
    const context = { getRemainingTimeInMillis: () => 20_000 };
    const { statusCode, body: said } = await (
      handler as (...of: object[]) => Promise<{ statusCode: number; body: string }>
    )(event, context);
    if (statusCode >= 300) throw new Error(`The documented stack answered ${statusCode} ${said}`);
  };
  return {
    counted: counter((around) => aroundSdk(client, around)),
    heartbeat: send(heartbeat, {}),
    usage: send(report, { counts: sixCounts }),
    check: send(check, {}),
    debit: send(debit, { amount: 5 }),
    list: send(list, {}),
  };
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** Lets a client ask the engine what each call consumed; answers how to run one thing and hear its sum. */
function counter(put: (around: Around) => void): (run: () => Promise<unknown>) => Promise<Units> {
  let units: Units = { read: 0, write: 0 };
  put(async ({ operation, input }, next) => {
    const answer = await next({ operation, input: { ...input, ReturnConsumedCapacity: 'TOTAL' } });
    const told = [(answer as { ConsumedCapacity?: Capacity | Capacity[] }).ConsumedCapacity ?? []];
    const sum = told.flat().reduce((all, { CapacityUnits = 0 }) => all + CapacityUnits, 0);
    const writes = /Put|Update|Delete|Write/.test(operation);
    units = writes ? { ...units, write: units.write + sum } : { ...units, read: units.read + sum };
    return answer;
  });
  return async (run) => {
    units = { read: 0, write: 0 };
    await run();
    return units;
  };
}

/** The same round the calls of the SDK's client. */
function aroundSdk(client: DynamoDBClient, around: Around): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        let result: Awaited<ReturnType<typeof next>> | undefined;
        await around({ operation: commandName, input: args.input }, async ({ input }) => {
          result = await next({ ...args, input: input as typeof args.input });
          return result.output;
        });
        return result as NonNullable<typeof result>;
      },
    { step: 'initialize', priority: 'high', name: 'countUnits' },
  );
}
