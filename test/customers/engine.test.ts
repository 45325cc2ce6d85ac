import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { changeCustomer } from '../../lib/customers/change.ts';
import { deprovision, disable, enable, finish, provision } from '../../lib/customers/lifecycle.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { any, finishProvisioning, plantDirectly, plantReseller } from '../kit/forest.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';

const forest = { disabled: [], epoch: 0, version: 1 } as never;
const id = newId('customer', 1);
const first: Node = {
  id,
  type: 'CUSTOMER',
  path: ['plt', 'prv_1', id],
  name: 'One',
  version: 1,
  item: { id, name: 'One', type: 'CUSTOMER', parentId: 'prv_1', code: 'ONE', adminState: 'ENABLED' },
};
const now = '2026-01-01T00:00:00.000Z';
const turns = {
  provision: (node: Node) => provision(node, now),
  deprovision: (node: Node) => deprovision(node, now),
  disable: (node: Node) => disable(node, forest),
  enable: (node: Node) => enable(node, forest),
};
type Step = keyof typeof turns | 'edit' | 'outcome' | 'failure';

/** The node as a plan leaves it. */
function after(node: Node, plan: Plan | undefined): Node {
  const write = plan?.writes.find((one) => one.do === 'replace' && one.item.kind === 'node');
  if (write?.do !== 'replace') return node;
  return { ...node, item: write.item, version: write.item.version };
}

describe('the status of a customer', () => {
  it('waits for nothing once all outcomes are in, whatever the order', () => {
    const steps = fc.constantFrom<Step>(
      'provision',
      'deprovision',
      'disable',
      'enable',
      'edit',
      'outcome',
      'failure',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, fc.nat(9)), { maxLength: 25 }), (story) => {
        let node = first;
        const open: { what: string; version: number }[] = [];
        const end = (at: number, failed: boolean) => {
          const [one] = open.splice(at % Math.max(1, open.length), 1);
          if (!one) return;
          const good = one.what === 'deprovision' ? 'NotProvisioned' : 'Provisioned';
          node = after(node, finish(node, { ...one, status: failed ? 'Failed' : good }));
        };
        let editedSince = false;
        for (const [index, [step, at]] of story.entries()) {
          if (step === 'outcome' || step === 'failure') end(at, step === 'failure');
          else if (step === 'edit') {
            node = after(node, changeCustomer(node, { city: `City ${index}` }));
            editedSince = true;
          } else {
            try {
              node = after(node, turns[step](node));
            } catch (error) {
              if (!(error instanceof Problem)) throw error;
              continue;
            }
            open.push({ what: step, version: node.version });
            if (step === 'provision') editedSince = false;
          }
        }
        while (open.length > 0) end(story.length, false);
        const { status, adminState } = node.item as { status?: string; adminState: string };
        expect(['Requested', 'InProgress', ...(editedSince ? [] : ['Pending'])]).not.toContain(status);
        // And nobody is locked out of what they may ask for.
        if (adminState === 'ENABLED') expect(() => provision(node, now)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('over the API', () => {
  let msp: Msp;
  beforeAll(async () => {
    msp = await makeMsp();
    await ensureMspMode(msp);
  });
  const turn = (customerId: string, what: string) =>
    call(`POST /v1/customers/${customerId}/${what}`, { as: msp.catalog });
  const status = async (customerId: string) =>
    (await call(`GET /v1/customers/${customerId}`, { as: msp.reader })).body.status;

  it.each([
    ['provision', 'Provisioned'],
    ['deprovision', 'NotProvisioned'],
  ] as const)('%s, then disable before the engine has finished, ends', async (what, reached) => {
    const customer = await plantDirectly(msp.catalog);
    if (what === 'deprovision') {
      await turn(customer.id, 'provision');
      await finishProvisioning(customer.id, 'Provisioned');
    }
    await turn(customer.id, what);
    expect((await turn(customer.id, 'disable')).body).toMatchObject({ status: 'Requested' });
    await finishProvisioning(customer.id, reached, 1);
    await finishProvisioning(customer.id, 'Provisioned');
    expect(await status(customer.id)).toBe(reached);
    await turn(customer.id, 'enable');
    expect((await turn(customer.id, 'provision')).status).toBe(202);
  });

  it('a move is pending until the directory has followed, a failed one can be retried', async () => {
    const [customer, reseller] = [await plantDirectly(msp.catalog), await plantReseller(msp)];
    await turn(customer.id, 'provision');
    await finishProvisioning(customer.id, 'Provisioned');
    const moved = await call(`POST /v1/customers/${customer.id}/move`, {
      as: msp.catalog,
      body: { parentId: reseller.id },
      headers: any,
    });
    expect(moved.status, JSON.stringify(moved.body)).toBe(202);
    expect(await status(customer.id)).toBe('Pending');
    await finishProvisioning(customer.id, 'Failed');
    expect(await status(customer.id)).toBe('Failed');
    await finishProvisioning(customer.id, 'Provisioned');
    expect(await status(customer.id)).toBe('Provisioned');
  });

  it('a retried provisioning ends Provisioned', async () => {
    const customer = await plantDirectly(msp.catalog);
    await turn(customer.id, 'provision');
    await finishProvisioning(customer.id, 'Failed');
    await finishProvisioning(customer.id, 'Provisioned');
    expect(await status(customer.id)).toBe('Provisioned');
  });
});
