import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settle } from '../../lib/aws/settle.ts';
import type { Candidate } from '../../lib/catalog/enrolment.ts';
import { toSettings } from '../../lib/catalog/settings.ts';
import { stepPeople, stepped } from '../../lib/catalog/step.ts';
import { requestWork } from '../../lib/catalog/work.ts';
import { personKey } from '../../lib/kit/keys.ts';

const id = (kind: string, place: number) => `${kind}_${String(place).padStart(26, '0')}`;
const [providerId, companyId, customerId] = [id('prv', 1), id('com', 1), id('cus', 1)];
const now = '2026-11-21T08:00:00.000Z';
const settings = { ...toSettings(undefined), generation: 1, version: 1 };

/** Somebody of the directory: new, gone or changed, and whether the address changes. */
function somebody(
  { was, is, moves }: { was: boolean; is: boolean; moves: boolean },
  place: number,
): Candidate {
  const personId = id('per', place);
  const key = personKey(providerId, companyId, personId);
  const base = { personId, source: 'DIRECTORY' as const, key, version: 1, companyId };
  const facts = { id: personId, place: { organization: null, department: null }, attributes: {} };
  const email = `${place}@customer.example.com`;
  const signIn = moves ? `before ${place}` : undefined;
  const row = { customerId, id: personId, source: 'DIRECTORY' as const, markets: [], signIn, version: 1 };
  const theirs = { tenantId: customerId, personId, version: 1 };
  return {
    personId,
    row: was ? row : undefined,
    source: is ? { ...base, email, name: 'Somebody', present: true, facts } : undefined,
    sourceKey: key,
    identity: undefined,
    former: was && moves ? theirs : undefined,
  };
}

it('a step of background work fits one transaction, whoever comes, goes and changes', () => {
  const flags = fc.record({ was: fc.boolean(), is: fc.boolean(), moves: fc.boolean() });
  const people = fc.array(flags, { minLength: 20, maxLength: 90, size: 'max' });
  fc.assert(
    fc.property(people, fc.constantFrom('ROWS', 'PEOPLE'), fc.boolean(), (all, walk, tired) => {
      const asked = { id: id('opr', 1), customerId, type: 'ENROLMENT' as const, generation: 1 };
      const { work } = requestWork({ ...asked, walks: [walk] }, now);
      const candidates = all.map(somebody);
      const positions = candidates.map(({ personId }) => personId);
      const markets = { settings, rules: [], unread: [] };
      const found = { candidates, positions, next: null, markets, total: candidates.length };
      const step = stepPeople(work, found, { now });
      const node = { id: customerId, type: 'CUSTOMER' as const, path: [providerId, customerId] };
      const target = { ...node, name: '', version: 1, item: {} };
      const standing = [{ do: 'check', key: personKey(providerId, companyId, 'x'), version: 1 }] as const;
      const plan = stepped(work, step, { tired, settings, standing });
      const actor = { id: 'on-work-requested', kind: 'system' as const, home: providerId };
      const writes = settle(plan, { actor, target, now, requestId: 'trace' });
      expect(writes.length).toBeLessThanOrEqual(100);
      expect(step.after.done).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});
