import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { toAttributes } from '../../../lib/aws/item.ts';
import { newId } from '../../../lib/aws/world.ts';
import { knownByNothing } from '../../../lib/licensing/known-by.ts';
import type { Product } from '../../../lib/licensing/product.ts';
import { toSeatMeter } from '../../../lib/licensing/seat-meter.ts';
import { subscribe } from '../../../lib/licensing/subscribe.ts';
import { addCustomer, type Desk, mailsTo, openDesk, stageOf, until } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;

const purchaser = { company: 'Contoso', email: 'it@contoso.example' };

/** Items of a licence that ended ten days ago, as the decision of then would have left them. */
function ended(customerId: string, product: Product) {
  const now = new Date(Date.now() - 40 * 86_400_000).toISOString();
  const ids = { customerId, productId: product.id };
  const plan = subscribe(
    {
      ...{
        customerId,
        providerId: '',
        timeZone: 'UTC',
        knownBy: knownByNothing,
        product,
        licenceKey: undefined,
      },
      meter: toSeatMeter(undefined, { ...ids, now }),
      partner: { names: [], addresses: [], domains: [] },
    },
    {
      ...{ source: 'PURCHASE', productId: product.id, seats: 5, termDays: 30 },
      purchaser: { ...purchaser, attested: false },
    },
    { id: newId('subscription', Date.parse(now)), now },
  );
  return plan.writes.flatMap((write) => (write.do === 'create' ? [write.item] : []));
}

/** Licences from gift to end, by the clock. */
export function licencesStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    desk = await openDesk(stageOf(stack));
  });

  it('licences are given, renewed, used and removed, and their ends found and mailed by the clock: with their own grants alone', async () => {
    const [lapsed, busy] = [await addCustomer(desk, 'Lapsed'), await addCustomer(desk, 'Busy')];
    const made = await desk.admin('POST /v1/products', {
      body: { code: 'EDR', name: 'Endpoint guard', mspLicence: true },
    });
    const product = { ...made.body, version: 1 } as Product;
    const engine = new DynamoDBClient({
      endpoint: stack.dynamoUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const [table = ''] = stack.tableNames;
    const items = ended(lapsed.id, product).map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    await engine.send(new BatchWriteItemCommand({ RequestItems: { [table]: items } }));

    const path = `/v1/customers/${busy.id}`;
    const productId = product.id;
    const key = await desk.admin('POST /v1/licence-keys', { body: { productId, seats: 3, days: 365 } });
    const given = await desk.admin(`POST ${path}/subscriptions`, {
      body: { source: 'LICENCE_KEY', licenceKey: key.body.key },
    });
    expect(given.status).toBe(201);
    const own = `${path}/subscriptions/${given.body.id}`;
    const renewed = await desk.admin(`POST ${own}/renew`, {
      body: { source: 'PURCHASE', seats: 1, termDays: 10, purchaser },
    });
    expect(renewed.status).toBe(200);
    const seats = `${path}/products/${productId}/seats`;
    await desk.admin(`POST ${seats}`, { body: { machineRef: 'SN-1' } });
    await expect(desk.admin(`POST ${seats}`, { body: { machineRef: 'SN-2' } })).rejects.toThrow(
      'seats_exhausted',
    );
    expect((await desk.admin(`GET ${path}/products`)).body.items).toMatchObject([{ used: 1, seats: 1 }]);
    expect((await desk.admin(`DELETE ${seats}/SN-1`)).status).toBe(204);
    expect((await desk.admin(`DELETE ${own}`, { ifMatch: '*' })).status).toBe(204);

    const told = async () =>
      mailsTo(await stack.mails(), lapsed.address).map(({ subject }) => subject.replace(/^.*?: /, ''));
    await until(async () => (await told()).length > 0);
    await stack.idle(60);
    expect(await told()).toEqual(['its licence of Endpoint guard has ended']);
    expect(stack.denials()).toEqual([]);
  });
}
