import { randomUUID } from 'node:crypto';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Entry, toItem } from '../../lib/credits/entry.ts';
import { grant, type Ledger } from '../../lib/credits/ledger.ts';
import { type Customer, toItem as customerItem, unsaid } from '../../lib/customers/profile.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Item } from '../../lib/kit/plan.ts';

/** Stores many items at once, below every rule: for lists that must be long. */
export async function plant(items: readonly Item[]): Promise<void> {
  const table = process.env.TABLE_NAME ?? '';
  for (let from = 0; from < items.length; from += 100) {
    const TransactItems = items
      .slice(from, from + 100)
      .map((item) => ({ Put: { TableName: table, Item: toAttributes(item) } }));
    await ask('TransactWriteItems', { TransactItems, ClientRequestToken: randomUUID() });
  }
}

/** Customers of a provider, `Customer 00001` and so on. */
export async function plantCustomers(providerId: string, count: number): Promise<void> {
  const createdAt = '2026-01-01T00:00:00.000Z';
  await plant(
    Array.from({ length: count }, (_, index) => {
      const id = newId('customer', Date.now());
      const customer: Customer = {
        ...unsaid,
        domains: [],
        reseller: false,
        id,
        parentId: providerId,
        companyId: newId('company', Date.now()),
        name: `Customer ${String(index + 1).padStart(5, '0')}`,
        accountManagerEmail: 'manager@msp.example.com',
        createdAt,
      };
      return customerItem(customer, { path: [platformId, providerId, id], version: 1 });
    }),
  );
}

/** A ledger of `count` grants, a minute apart, as the ledger itself decides them; answers when each was made. */
export async function plantLedger(customerId: string, count: number): Promise<string[]> {
  const actor = {
    id: newId('person', Date.now()),
    kind: 'person' as const,
    home: newId('provider', Date.now()),
  };
  const begin = Date.parse('2025-01-01T00:00:00.000Z');
  const items: Item[] = [];
  let ledger: Ledger = { customerId, head: null };
  for (let index = 0; index < count; index++) {
    const at = new Date(begin + index * 60_000).toISOString();
    const [write] = grant(ledger, { amount: 10, reason: 'Monthly credits' }, { actor, now: at }).writes;
    if (write?.do !== 'create') throw new Error('A grant is one entry');
    const { PK, SK, kind, ...entry } = write.item;
    ledger = { customerId, head: { ...entry, previousAt: SK } as unknown as Entry };
    items.push(toItem(customerId, ledger.head as Entry));
  }
  await plant(items);
  return items.map((item) => String(item.at));
}
