import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { type Request, requestItem } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';
import { react } from '../kit/deliver.ts';
import {
  asked,
  desiredOf,
  type Planted,
  plantNode,
  requestIdOf,
  rootOf,
  userOf,
} from '../provisioning/scene.ts';
import type { Scenarios, Stage } from './scenarios.ts';

/** A customer of the stage's provider with two users and a service, provisioned. */
async function provisioned({ msp }: Stage): Promise<{ node: Planted; requestId: string }> {
  const node = await plantNode(rootOf(msp), 'FAB', `Customer ${randomUUID().slice(0, 8)}`);
  const users = ['ada', 'grace'].map((name) => userOf(node, name, { services: ['MAIL'] }));
  const event = asked(node, 'provision', desiredOf(node, { services: ['MAIL'], users }));
  await react(event);
  return { node, requestId: requestIdOf(event) };
}

/** The same request as it would be had its last step failed, or had it stood still for 40 minutes. */
async function troubled(stage: Stage, trouble: Partial<Request>) {
  const { node, requestId } = await provisioned(stage);
  const request = await requestOf(node.id, requestId);
  if (!request) throw new Error('There is no request');
  const steps = request.steps.map((one, index) =>
    index < request.steps.length - 1
      ? one
      : { ...one, state: trouble.status === 'Failed' ? ('FAILED' as const) : ('WAITING' as const) },
  );
  const item = requestItem({ ...request, steps, ...trouble, version: request.version + 1 });
  await commit([{ do: 'replace', version: request.version, item }], randomUUID(), Date.now() + 5000);
  return `/v1/customers/${node.id}/provisioning-requests/${requestId}`;
}

export const provisioning: Scenarios = {
  listProvisioningRequests: async (stage) => {
    const { node } = await provisioned(stage);
    return { line: `GET /v1/customers/${node.id}/provisioning-requests`, as: stage.msp.reader };
  },
  getProvisioningRequest: async (stage) => {
    const { node, requestId } = await provisioned(stage);
    return { line: `GET /v1/customers/${node.id}/provisioning-requests/${requestId}`, as: stage.msp.reader };
  },
  retryProvisioningRequest: async (stage) => ({
    line: `POST ${await troubled(stage, { status: 'Failed' })}/retry`,
    as: stage.msp.catalog,
  }),
  resetProvisioningRequest: async (stage) => {
    const touchedAt = new Date(Date.now() - 40 * 60_000).toISOString();
    const path = await troubled(stage, { status: 'InProgress', finishedAt: null, touchedAt });
    return { line: `POST ${path}/reset`, as: stage.msp.catalog };
  },
  listDirectoryObjects: async (stage) => {
    const { node } = await provisioned(stage);
    return { line: `GET /v1/customers/${node.id}/directory-objects`, as: stage.msp.reader };
  },
};
