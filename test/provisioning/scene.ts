import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import type { Envelope, EventType } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nameEntry, nodeKey, treeEntry } from '../../lib/kit/keys.ts';
import type { Desired, DesiredUser, What } from '../../lib/provisioning/desired.ts';
import { provisioningRequested, provisioningResumed } from '../../lib/provisioning/events.ts';
import { providerCode } from '../../lib/provisioning/naming.ts';
import { react } from '../kit/deliver.ts';
import { call, type Msp } from '../kit/world.ts';

/** A node of the tree with what the engine needs to know of it. */
export interface Planted {
  readonly id: string;
  readonly path: readonly string[];
  readonly code: string;
  readonly name: string;
  readonly parents: Desired['parents'];
}

export const rootOf = (msp: Msp): Planted => ({
  id: msp.id,
  path: [platformId, msp.id],
  code: providerCode(msp.id),
  name: 'The provider',
  parents: [],
});

/** A customer or reseller planted below the API. */
export async function plantNode(parent: Planted, code: string, name: string): Promise<Planted> {
  const id = newId('customer', Date.now());
  const path = [...parent.path, id];
  const type = code.startsWith('R') ? 'RESELLER' : 'CUSTOMER';
  const item = {
    ...nodeKey(id),
    ...treeEntry(path[1] ?? '', path),
    ...nameEntry(parent.id, 'CUSTOMER', name.toLowerCase(), id),
    kind: 'node',
    ...{ id, type, name, code, state: 'ACTIVE', version: 1 },
    path: path.join('/'),
  };
  await commit([{ do: 'create', item }], randomUUID(), Date.now() + 5000);
  const parents = [...parent.parents, { id: parent.id, code: parent.code, name: parent.name }];
  return { id, path, code, name, parents };
}

export function desiredOf(node: Planted, more: Partial<Desired> = {}): Desired {
  return {
    version: 1,
    code: node.code,
    reseller: node.code.startsWith('R'),
    inService: true,
    suspended: false,
    name: node.name,
    parents: node.parents,
    ouStructure: 'UNGROUPED',
    services: [],
    users: [],
    everyone: false,
    passwordLength: 24,
    publicKey: null,
    ...more,
  };
}

export function userOf(node: Planted, userName: string, more: Partial<DesiredUser> = {}): DesiredUser {
  return {
    id: newId('user', Date.now()),
    version: 1,
    userName,
    userPrincipalName: `${userName.replace(/[^a-z0-9]/gi, '') || 'user'}@${node.code.toLowerCase()}.example`,
    displayName: `The person ${userName}`,
    firstName: 'First',
    lastName: 'Last',
    email: null,
    enabled: true,
    administrator: false,
    services: [],
    changePasswordAtNextLogon: true,
    passwordNeverExpires: false,
    expiresAt: null,
    department: null,
    location: null,
    folder: null,
    ...more,
  };
}

export function envelopeOf<D>(type: EventType<D>, node: Planted, data: D): Envelope<D> {
  return {
    id: newId('event', Date.now()),
    type: type.type,
    source: 'quartermaster',
    at: new Date().toISOString(),
    tenant: { id: node.id, providerId: node.path[1] ?? '', path: [...node.path] },
    actor: { id: newId('person', Date.now()), kind: 'person', home: node.path[1] ?? '' },
    subject: node.id,
    data,
    traceId: randomUUID(),
  };
}

export const asked = (node: Planted, what: What, desired: Desired) =>
  envelopeOf(provisioningRequested, node, { customerId: node.id, what, desired });

export const resumed = (node: Planted, requestId: string) =>
  envelopeOf(provisioningResumed, node, { requestId });

export const requestIdOf = (envelope: Envelope): string => `prq_${envelope.id.slice(-26)}`;

/** Delivers an event once. Answers its request as the API shows it. */
export async function deliverOnce(msp: Msp, envelope: Envelope) {
  const thrown = await react(envelope).then(
    () => undefined,
    (error: Error) => error,
  );
  return { thrown, request: await showRequest(msp, envelope.subject, requestIdOf(envelope)) };
}

/** Delivers an event again while its request is left for a later turn: one turn is as long as the machine is slow. */
export async function deliverToTheEnd(msp: Msp, envelope: Envelope, most = 20) {
  for (let turns = 1; ; turns++) {
    const { thrown, request } = await deliverOnce(msp, envelope);
    if (thrown) throw thrown;
    if (request.finishedAt !== null) return request;
    if (turns === most) throw new Error(`Not ended after ${most} turns`);
  }
}

/** Delivers an event as its queue would: again until it is done, at most five times. */
export async function deliverUntilDone(envelope: Envelope, pauseMs = 0, most = 5): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      await react(envelope);
      return tries;
    } catch (error) {
      if (tries === most) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

export async function showRequest(msp: Msp, customerId: string, requestId: string) {
  const line = `GET /v1/customers/${customerId}/provisioning-requests/${requestId}`;
  return (await call(line, { as: msp.reader })).body;
}

/** Every object that the API reports for a customer. */
export async function objectsOf(msp: Msp, customerId: string) {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const line = `GET /v1/customers/${customerId}/directory-objects?limit=100${after}`;
    const { body } = await call(line, { as: msp.reader });
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor);
  return items;
}
