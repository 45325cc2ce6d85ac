import { desk, documentOf } from '../endpoints/desk.ts';
import { stockProduct } from '../licensing/shelf.ts';
import type { Request, Scenario, Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };

/** A console with a group, a policy and a package. */
async function furnished({ msp, customer }: Stage) {
  const [one, product] = [desk(customer), await stockProduct(msp)];
  const [group, policy, pack] = await Promise.all([
    one.group(),
    one.policy(),
    one.package({ productId: product.id }),
  ]);
  return { one, product, group: group.body, policy: policy.body, pack: pack.body };
}
type Furnished = Awaited<ReturnType<typeof furnished>>;

const by =
  (line: (found: Furnished) => string, more: (found: Furnished) => Partial<Request> = () => ({})): Scenario =>
  async (stage) => {
    const found = await furnished(stage);
    return { line: line(found), as: stage.customer.admin, ...more(found) };
  };

const groupOf = ({ one, group }: Furnished) => `${one.path}/machine-groups/${group.id}`;
const policyOf = ({ one, policy }: Furnished) => `${one.path}/policies/${policy.id}`;
let made = 0;

export const consoles: Scenarios = {
  createMachineGroup: by(
    ({ one }) => `POST ${one.path}/machine-groups`,
    ({ group }) => ({ body: { name: `Servers ${made++}`, parentId: group.id } }),
  ),
  listMachineGroups: by(({ one }) => `GET ${one.path}/machine-groups`),
  getMachineGroup: by((found) => `GET ${groupOf(found)}`),
  changeMachineGroup: by(
    (found) => `PATCH ${groupOf(found)}`,
    ({ policy }) => ({ body: { policyId: policy.id }, headers: any }),
  ),
  deleteMachineGroup: by(
    (found) => `DELETE ${groupOf(found)}`,
    () => ({ headers: any }),
  ),
  createPolicy: by(
    ({ one }) => `POST ${one.path}/policies`,
    () => ({ body: { name: `Kiosks ${made++}`, document: documentOf() } }),
  ),
  listPolicies: by(({ one }) => `GET ${one.path}/policies`),
  getPolicy: by((found) => `GET ${policyOf(found)}`),
  'getPolicy: a version': by((found) => `GET ${policyOf(found)}?version=1`),
  changePolicy: by(
    (found) => `PUT ${policyOf(found)}`,
    ({ policy }) => ({
      body: { name: policy.name, document: documentOf({ usb: { mode: 'BLOCK' } }) },
      headers: any,
    }),
  ),
  listPolicyVersions: by((found) => `GET ${policyOf(found)}/versions`),
  deletePolicy: by(
    (found) => `DELETE ${policyOf(found)}`,
    () => ({ headers: any }),
  ),
  createPackage: by(
    ({ one }) => `POST ${one.path}/packages`,
    ({ product, group }) => ({ body: { productId: product.id, groupId: group.id, platform: 'LINUX' } }),
  ),
  listPackages: by(({ one }) => `GET ${one.path}/packages`),
  getPackageManifest: by(({ one, pack }) => `GET ${one.path}/packages/${pack.id}/manifest`),
  revokePackage: by(({ one, pack }) => `POST ${one.path}/packages/${pack.id}/revoke`),
};
