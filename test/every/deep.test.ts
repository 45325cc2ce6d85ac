import { beforeAll, describe, expect, it } from 'vitest';
import { listen, measure } from '../kit/cost.ts';
import { any, type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { person } from '../users/people.ts';

/** Trips to read in a tree eight levels deep, as AGENTS.md tells: a reseller's own line above is known after two. */
const most = { provider: 2, reseller: 3 } as const;

let msp: Msp;
let top: Branch;
let deep: Branch;
let leaf: { id: string; path: []; domain: string };
beforeAll(async () => {
  listen();
  msp = await makeMsp();
  top = await plantReseller(msp);
  deep = top;
  for (let depth = 3; depth <= 7; depth++) deep = await plantReseller(msp, deep.id);
  const { id, domains } = await plantDirectly(deep.admin);
  leaf = { id, path: [], domain: domains[0].name };
});

describe('eight levels deep, below resellers', () => {
  it.each(['provider', 'reseller'] as const)(
    'a %s waits for two round trips to read, or three, at most',
    async (who) => {
      const as: Caller = who === 'provider' ? msp.catalog : deep.admin;
      const at = `/v1/customers/${leaf.id}`;
      const calls: [string, object][] = [
        [`GET ${at}`, {}],
        [`GET ${at}/effective-settings`, {}],
        [`GET ${at}/subtree`, {}],
        [`PATCH ${at}/settings`, { body: { locale: who === 'provider' ? 'de' : 'fr' }, headers: any }],
        [`POST ${at}/users`, { body: person(leaf) }],
        [`GET ${at}/users`, {}],
      ];
      for (const [line, sent] of calls) {
        const { result, cost } = await measure(() => call(line, { as, ...sent }));
        expect(result.status, `${line}: ${JSON.stringify(result.body)}`).toBeLessThan(300);
        expect(cost.reading, line).toBeLessThanOrEqual(most[who]);
      }
    },
  );

  it('so does the move of everything', async () => {
    const { id } = await plantReseller(msp);
    const body = { parentId: id };
    const line = `POST /v1/customers/${top.id}/move`;
    const { result, cost } = await measure(() => call(line, { as: msp.catalog, body }));
    expect(result.body.nodes).toBe(7);
    expect(cost.reading).toBeLessThanOrEqual(most.reseller);
  });
});
