import { parse } from 'csv-parse/sync';
import { type Caller, chapter, same } from './demo-client.ts';
import { type Grove, listAll, nodesOf } from './demo-tree.ts';

/** Who pays what: each level bills its own customers; JSON and CSV say the same. */
export async function bill({ north, south, west, catalog }: Grove): Promise<void> {
  chapter('The monthly billing report: a line per service and per user, JSON and CSV alike');
  const month = new Date().toISOString().slice(0, 7);
  const billOf = async (by: Caller, who: string): Promise<number[]> => {
    const { body } = await by(`GET /v1/billing?month=${month}&limit=100`);
    const csv = await by(`GET /v1/billing.csv?month=${month}`);
    const rows = body.items as Record<string, unknown>[];
    const cells = parse(csv.body, { columns: true }) as Record<string, string>[];
    const texts = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')])),
    );
    same(`CSV of ${who}`, cells, texts);
    for (const row of rows) {
      const what = `${row.customerName}: ${row.serviceCode} ${row.userName ?? '(customer)'}`;
      console.log(`      ${what} ${row.quantity} × ${row.salesPrice} = ${row.amount} ${row.currency}`);
    }
    return rows
      .map(({ amount }) => Number(amount))
      .filter((amount) => amount > 0)
      .sort((a, b) => b - a);
  };
  same('West bills', await billOf(west.admin, 'West'), [4900, 4900, 300, 300]);
  same('South bills', await billOf(south.admin, 'South'), [4900, 300]);
  same('North bills', await billOf(north.admin, 'North'), []);
  same('the provider bills', await billOf(catalog, 'the provider'), [4900]);
}

/** What the engine did, what was told to whom. */
export async function lookBackOnTree({ stage, catalog, mark }: Grove): Promise<void> {
  chapter('Looking back: requests of the engine, mails');
  const nodes = await nodesOf(catalog);
  const lists = await Promise.all(
    nodes.map((id) => listAll<{ status: string }>(catalog, `/v1/customers/${id}/provisioning-requests`)),
  );
  const requests = lists.flat();
  same('statuses', [...new Set(requests.map(({ status }) => status))], ['Provisioned']);
  console.log(`      ${requests.length} requests for ${nodes.length} nodes, all Provisioned`);
  const mails = (await stage.mails()).filter(({ to }) => to.some((one) => one.includes(mark)));
  for (const { to, subject } of mails) console.log(`  ✉ ${to.join(', ')} — ${subject}`);
  if (mails.length === 0) console.log('  ✉ none: nothing in this story is told by mail');
}
