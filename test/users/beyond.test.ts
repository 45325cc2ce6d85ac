import { describe, expect, it } from 'vitest';
import { type Permission, permissions } from '../../lib/kit/permission.ts';
import { personOf } from '../../lib/users/admission.ts';
import { type Preset, presets } from '../../lib/users/role.ts';
import { passwordReset } from '../kit/sealing.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { add, callerOf, change, part, preset, remove } from './people.ts';

const kinds = ['CUSTOMER', 'RESELLER'] as const;
type Kind = (typeof kinds)[number];

/** Said once more from the table of permissions alone: what a user with a role can do at a node of a kind. */
function cando(role: Preset, kind: Kind): Permission[] {
  const selling = kind === 'RESELLER' && role === 'CUSTOMER_ADMINISTRATOR';
  const counts: readonly string[] = selling ? [role, 'RESELLER_FULL_ADMINISTRATOR'] : [role];
  return (Object.keys(permissions) as Permission[]).filter((one) =>
    permissions[one].some((given) => counts.includes(given)),
  );
}
const within = (kind: Kind, role: Preset, of: Preset) =>
  cando(role, kind).every((one) => cando(of, kind).includes(one));

interface Ground {
  readonly kind: Kind;
  readonly node: Planted;
  readonly msp: Msp;
  readonly collections: ReadonlyMap<Preset, string>;
}
interface Actor {
  readonly role: Preset;
  readonly user: Answer;
  readonly as: Caller;
}

async function prepare(kind: Kind): Promise<Ground> {
  const msp = await makeMsp();
  const node = await plantNode(rootOf(msp.id), { type: kind, allowedRoles: [...presets] });
  await add(node, msp.catalog);
  const collections = new Map<Preset, string>();
  for (const role of presets) {
    const body = { name: part(), roles: [role] };
    collections.set(role, (await call('POST /v1/role-collections', { as: msp.catalog, body })).body.id);
  }
  return { kind, node, msp, collections };
}

/** Told as one word: what an answer makes of an attempt. */
function fate({ status, body }: Answer): string {
  if (status < 300) return 'done';
  return body.code === 'users.role_beyond_yours' ? 'beyond' : status === 403 ? 'forbidden' : body.code;
}

function expected(ground: Ground, by: Preset, asked: { needs: Permission; touches: readonly Preset[] }) {
  if (!cando(by, ground.kind).includes(asked.needs)) return 'forbidden';
  return asked.touches.every((role) => within(ground.kind, role, by)) ? 'done' : 'beyond';
}

const acts: Readonly<
  Record<string, { needs: Permission; send(victim: Answer, as: Caller): Promise<Answer> }>
> = {
  'password reset': {
    needs: 'users.reset_password',
    send: (victim, as) => call(`POST ${victim.headers.location}/password-reset`, { as, body: passwordReset }),
  },
  'e-mail': {
    needs: 'users.manage',
    send: (victim, as) => change(victim, as, { email: `${part()}@mail.example` }, '*'),
  },
  name: { needs: 'users.manage', send: (victim, as) => change(victim, as, { displayName: part() }, '*') },
  expiry: {
    needs: 'users.manage',
    send: (victim, as) => change(victim, as, { expiresOn: '2999-01-01' }, '*'),
  },
  disable: { needs: 'users.manage', send: (victim, as) => change(victim, as, { disabled: true }, '*') },
  deprovision: {
    needs: 'users.manage',
    send: (victim, as) => call(`POST ${victim.headers.location}/deprovision`, { as }),
  },
  provision: {
    needs: 'users.manage',
    send: (victim, as) => call(`POST ${victim.headers.location}/provision`, { as }),
  },
  'take role': { needs: 'users.manage', send: (victim, as) => change(victim, as, { role: null }, '*') },
  // The role that the victim held is gone where it could be taken.
  delete: { needs: 'users.manage', send: (victim, as) => remove(victim, as) },
};

/** What each kind of attempt on somebody with each role came to, told with what the tables say it must. */
async function attempt(ground: Ground, actor: Actor, held: Preset) {
  const victim = await add(ground.node, ground.msp.catalog, preset(held));
  const seen: [string, string][] = [];
  const wanted: [string, string][] = [];
  const record = (what: string, answer: Answer, must: string) => {
    seen.push([`${actor.role} → ${held}: ${what}`, fate(answer)]);
    wanted.push([`${actor.role} → ${held}: ${what}`, must]);
  };
  const door = `/v1/customers/${ground.node.id}/administrators/${personOf(victim.body.id)}`;
  if (held === 'CUSTOMER_ADMINISTRATOR') {
    const gone = await call(`DELETE ${door}?dryRun=true`, { as: actor.as, headers: { 'if-match': '*' } });
    record(
      'administrators’ door',
      gone,
      expected(ground, actor.role, { needs: 'administrators.manage', touches: [held] }),
    );
  }
  for (const [what, { needs, send }] of Object.entries(acts)) {
    record(what, await send(victim, actor.as), expected(ground, actor.role, { needs, touches: [held] }));
  }
  return { seen, wanted };
}

/** Giving a role, or a collection that holds it, to a new user, to another and to oneself. */
async function giving(ground: Ground, actor: Actor, role: Preset) {
  const { node, msp } = ground;
  const collection = { role: { collectionId: ground.collections.get(role) } };
  const plain = await add(node, msp.catalog);
  const must = expected(ground, actor.role, { needs: 'users.manage', touches: [role] });
  const seen: string[] = [];
  for (const choice of [preset(role), collection]) {
    seen.push(fate(await add(node, actor.as, choice)));
    seen.push(fate(await change(plain, actor.as, choice, '*')));
    await change(plain, msp.catalog, { role: null }, '*');
    seen.push(fate(await change(actor.user, actor.as, choice, '*')));
    await change(actor.user, msp.catalog, preset(actor.role), '*');
  }
  return { seen: [actor.role, role, ...seen], wanted: [actor.role, role, ...seen.map(() => must)] };
}

describe.each(kinds)('nobody reaches beyond their own role at a %s', (kind) => {
  it('on the account of another or their own, by any door, with any role or collection', async () => {
    const ground = await prepare(kind);
    const results = await Promise.all(
      presets.map(async (role) => {
        const user = await add(ground.node, ground.msp.catalog, preset(role));
        const actor: Actor = { role, user, as: { ...callerOf(user), provider: ground.msp.id } };
        const all = [];
        for (const one of presets) {
          all.push(await giving(ground, actor, one), await attempt(ground, actor, one));
        }
        return all;
      }),
    );
    const flat = results.flat();
    expect(flat.map(({ seen }) => seen)).toEqual(flat.map(({ wanted }) => wanted));
    expect(flat).toHaveLength(2 * presets.length ** 2);
  });

  it('an import gives no role, whoever sends it', async () => {
    const ground = await prepare(kind);
    for (const role of presets) {
      const as = callerOf(await add(ground.node, ground.msp.catalog, preset(role)));
      const send = (text: string) =>
        call(`POST /v1/customers/${ground.node.id}/user-imports`, {
          as,
          text,
          headers: { 'content-type': 'text/csv' },
        });
      const row = `Ann,Lee,${part()}@${ground.node.domain}`;
      const plain = await send(`firstName,lastName,upn\n${row}\n`);
      expect(fate(plain)).toBe(expected(ground, role, { needs: 'users.manage', touches: [] }));
      const named = await send(`firstName,lastName,upn,role\n${row},CUSTOMER_ADMINISTRATOR\n`);
      expect(named.status).toBe(plain.status === 403 ? 403 : 422);
      if (plain.status !== 200) continue;
      const path = `/v1/customers/${ground.node.id}/users/${plain.body.results[0].userId}`;
      expect((await call(`GET ${path}`, { as: ground.msp.catalog })).body.roles).toEqual([]);
    }
  });
});

describe('a second administrator', () => {
  it('gives and keeps what is theirs, and changes their own name', async () => {
    const { node, msp } = await prepare('CUSTOMER');
    const user = await add(node, msp.catalog, preset('USER_AND_SERVICE_ADMINISTRATOR'));
    const as = callerOf(user);
    expect((await add(node, as, preset('USER_AND_SERVICE_ADMINISTRATOR'))).status).toBe(201);
    expect((await change(user, as, { displayName: 'Me' }, '*')).status).toBe(200);
    expect((await change(user, as, { role: null }, '*')).status).toBe(200);
  });
});
