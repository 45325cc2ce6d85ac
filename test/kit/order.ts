import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first: started last they would run while the other workers have nothing to do. */
const longest = [
  'faults/ledgers',
  'local/e2e-agents',
  'local/e2e-people',
  'every/cost',
  'faults/interleavings',
  'faults/delivery',
  'local/e2e-tree',
  'every/fuzz',
  'every/authorization',
  'operations/redrive',
  'customers/names',
  'provisioning/samba',
  'catalog/scale',
  'access/matrix',
  'directory/imports',
  'requests/strained',
  'local/runner',
  'customers/invariants',
  'users/beyond',
  'requests/requests',
  'local/usage',
  'credits/credits',
  'provisioning/order',
];

const rank = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? longest.length : place;
};

/** The same order on every machine, whatever ran there before. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, two) => rank(one) - rank(two));
  }
}
