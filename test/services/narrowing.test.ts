import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, makeMsp } from '../kit/world.ts';
import { add } from '../users/people.ts';
import { define, give, giveUser, offer, readUser, take, takeUser, withdraw } from './desk.ts';

let as: Caller;
let providerId: string;
let services: Answer[];
beforeAll(async () => {
  const msp = await makeMsp();
  [as, providerId] = [msp.catalog, msp.id];
  services = [await define(as), await define(as)];
});

const command = fc.record({
  what: fc.constantFrom('offer', 'withdraw', 'give', 'take', 'giveUser', 'takeUser'),
  node: fc.nat(3),
  service: fc.nat(1),
});

/** Provider → reseller → reseller → customer, and a customer right below the first reseller; a user at each customer. */
async function chain() {
  const top = await plantNode(rootOf(providerId), { type: 'RESELLER' });
  const middle = await plantNode(top, { type: 'RESELLER' });
  const [low, side] = [await plantNode(middle), await plantNode(top)];
  const users = [await add(low, as), await add(side, as)];
  return { nodes: [top, middle, low, side] as Planted[], users };
}

const offersOf = async (node: Planted) => {
  const { body } = await call(`GET /v1/customers/${node.id}/offers`, { as });
  return new Map<string, number>(
    body.items.map((one: { serviceId: string; held: number }) => [one.serviceId, one.held]),
  );
};
const servicesOf = async (node: Planted) => {
  const { body } = await call(`GET /v1/customers/${node.id}/services`, { as });
  return (body.items as { serviceId: string; status: string }[])
    .filter(({ status }) => status !== 'NotProvisioned')
    .map(({ serviceId }) => serviceId);
};

async function narrows({ nodes, users }: Awaited<ReturnType<typeof chain>>): Promise<void> {
  const [top, middle, low, side] = nodes as [Planted, Planted, Planted, Planted];
  const [topOffers, middleOffers] = [await offersOf(top), await offersOf(middle)];
  const [middleHas, lowHas, sideHas] = [
    await servicesOf(middle),
    await servicesOf(low),
    await servicesOf(side),
  ];
  for (const { body } of services) {
    const id = body.id;
    const belowTop = [middleOffers.has(id), middleHas.includes(id), sideHas.includes(id)].filter(Boolean);
    expect(topOffers.get(id) ?? 0).toBe(belowTop.length);
    expect(middleOffers.get(id) ?? 0).toBe(lowHas.includes(id) ? 1 : 0);
  }
  for (const [index, has] of [lowHas, sideHas].entries()) {
    const user = users[index];
    for (const service of services) {
      const { status, body } = user ? await readUser(as, user, service) : { status: 404, body: {} };
      if (status === 200 && body.status !== 'NotProvisioned') expect(has).toContain(service.body.id);
    }
  }
}

it('a child never has, nor hands on, what its parent does not hand on, whatever is asked at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
      async (rounds) => {
        const scene = await chain();
        for (const round of rounds) {
          await Promise.all(
            round.map(({ what, node, service }) => {
              const [at, of] = [scene.nodes[node] as Planted, services[service] as Answer];
              const user = scene.users[node % 2] as Answer;
              if (what === 'offer') return offer(as, at, of);
              if (what === 'withdraw') return withdraw(as, at, of);
              if (what === 'give') return give(as, at, of);
              if (what === 'take') return take(as, at, of);
              return what === 'giveUser' ? giveUser(as, user, of) : takeUser(as, user, of);
            }),
          );
          await narrows(scene);
        }
      },
    ),
    { numRuns: 20 },
  );
});
