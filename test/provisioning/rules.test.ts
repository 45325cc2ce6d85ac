import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { type Desired, type DesiredUser, ouStructures, whats } from '../../lib/provisioning/desired.ts';
import { enter, leave, wait } from '../../lib/provisioning/lane.ts';
import { accountName } from '../../lib/provisioning/naming.ts';
import { openRequest, recordStep, supersede } from '../../lib/provisioning/request.ts';
import { foldersOf, stepsFor } from '../../lib/provisioning/rules.ts';
import { desiredOf, type Planted, userOf } from './scene.ts';

const node: Planted = {
  id: newId('customer', 1),
  path: [],
  code: 'FAB',
  name: 'Fabrikam',
  parents: [
    { id: newId('provider', 1), code: 'MSP-1', name: 'Northwind' },
    { id: newId('customer', 2), code: 'RES', name: 'Reseller' },
  ],
};
const names = (steps: ReturnType<typeof stepsFor>) =>
  steps.map((one) => (one.do === 'ensure' ? [...one.object.at, one.object.name].join('/') : one.do));

describe('the steps of a request', () => {
  it('make containers from the top, then groups, then users', () => {
    const ada = userOf(node, 'ada', { administrator: true, services: ['MAIL', 'VOIP'] });
    const steps = stepsFor(node.id, 'provision', desiredOf(node, { services: ['MAIL'], users: [ada] }));
    expect(names(steps)).toEqual([
      'MSP-1',
      'MSP-1/RES',
      'MSP-1/RES/FAB',
      'MSP-1/RES/FAB/FAB Users',
      'MSP-1/RES/FAB/FAB Administrators',
      'MSP-1/RES/FAB/FAB MAIL Users',
      'MSP-1/RES/FAB/ada_FAB',
      'switchUsers',
    ]);
    const user = steps.find((one) => one.do === 'ensure' && one.object.type === 'USER');
    expect(user).toMatchObject({
      object: { memberOf: ['FAB Users', 'FAB Administrators', 'FAB MAIL Users'] },
    });
  });

  it('place users as the structure says', () => {
    const user = userOf(node, 'ada', { department: 'R&D', location: 'Wien', folder: 'Own' });
    const places = Object.fromEntries(
      ouStructures.map((one) => [one, foldersOf({ ouStructure: one, reseller: false }, user)]),
    );
    expect(places).toEqual({
      UNGROUPED: [],
      BY_DEPARTMENT: ['R&D'],
      BY_LOCATION: ['Wien'],
      DEPARTMENT_LOCATION: ['R&D', 'Wien'],
      LOCATION_DEPARTMENT: ['Wien', 'R&D'],
      USER_SPECIFIED: ['Own'],
    });
    const beside = foldersOf({ ouStructure: 'USER_SPECIFIED', reseller: true }, { ...user, folder: 'fab' });
    expect(beside).toEqual(['fab (users)']);
  });

  it('are the same for the same state, and each subject is ensured once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...whats),
        fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{2,10}$/), { maxLength: 5 }),
        fc.constantFrom(...ouStructures),
        (what, services, ouStructure) => {
          const users: DesiredUser[] = ['a', 'b'].map((one) => ({
            ...userOf(node, one),
            id: newId('user', 5),
            department: 'D',
            location: 'D',
          }));
          const state: Desired = desiredOf(node, { services, ouStructure, users: users.slice(0, 1) });
          const steps = stepsFor(node.id, what, state);
          expect(stepsFor(node.id, what, state)).toEqual(steps);
          const ensured = steps.flatMap((one) =>
            one.do === 'ensure' ? [`${one.owner} ${one.objectId}`] : [],
          );
          expect(new Set(ensured).size).toBe(ensured.length);
        },
      ),
    );
  });
});

describe('log-on names', () => {
  it('are username_CODE where that fits', () => {
    expect(accountName('ada.lovelace', 'FAB', 'usr_1')).toBe('ada.lovelace_FAB');
  });

  it('have at most 20 allowed characters, and differ by user where they were cut', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 64 }),
        fc.stringMatching(/^[A-Z0-9]{2,10}$/),
        fc.uuid(),
        fc.uuid(),
        (name, code, one, other) => {
          const made = accountName(name, code, one);
          expect(made.length).toBeLessThanOrEqual(20);
          expect(made).toMatch(/^[A-Za-z0-9._-]+_[A-Z0-9]+$/);
          expect(accountName(name, code, one)).toBe(made);
          if (made !== `${name}_${code}` && one !== other) {
            expect(accountName(name, code, other)).not.toBe(made);
          }
        },
      ),
    );
  });
});

describe('a request', () => {
  const opened = () =>
    openRequest(
      { customerId: node.id, what: 'disable', desired: desiredOf(node) },
      { id: 'prq_1', at: '2026-01-01T00:00:00.000Z', platformId: 'plt', directory: 'TABLE' },
    );
  const at = '2026-01-01T00:01:00.000Z';

  it('fails when a step has failed five times, and keeps what was said', () => {
    let request = opened();
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(request.status).toBe(attempt === 1 ? 'Requested' : 'InProgress');
      request = recordStep(request, { done: false, message: `no ${attempt}`, at });
    }
    expect(request).toMatchObject({ status: 'Failed', finishedAt: at, version: 6 });
    expect(request.steps[0]?.log.map(({ message }) => message)).toEqual(
      [1, 2, 3, 4, 5].map((one) => `no ${one}`),
    );
  });

  it('fails sooner where only a person can help', () => {
    const once = recordStep(opened(), { done: false, message: 'refused', at, lasting: true });
    expect(once.status).toBe('InProgress');
    const twice = recordStep(once, { done: false, message: 'refused', at, lasting: true });
    expect(twice).toMatchObject({ status: 'Failed', steps: [{ state: 'FAILED', attempts: 2 }] });
  });

  it('gives way to a later change', () => {
    expect(supersede(opened(), at)).toMatchObject({ status: 'Provisioned', steps: [{ state: 'SKIPPED' }] });
  });

  it('waits for the one under way, but not for one that died', () => {
    const lane = { holder: 'prq_0', until: 1000, version: 3, waiting: ['prq_1', 'prq_2'] };
    const by = { holder: 'prq_1 x', id: 'prq_1' };
    expect(enter(node.id, lane, { ...by, now: 999 })).toBeUndefined();
    const entry = { version: 3, item: { version: 4, waiting: ['prq_2'] } };
    expect(enter(node.id, lane, { ...by, now: 1000 })).toMatchObject(entry);
  });

  it('stands in a line of some length, and is called in its turn', () => {
    const line = Array.from({ length: 5 }, (_, index) => `prq_${index}`);
    const lane = { holder: 'x', until: 1000, version: 3, waiting: line };
    const place = { item: { waiting: [...line, 'prq_9'], holder: 'x', until: 1000 } };
    expect(wait(node.id, lane, 'prq_9')).toMatchObject(place);
    expect(wait(node.id, { ...lane, waiting: Array(100).fill('prq_1') }, 'prq_9')).toBeUndefined();
    const { next, write } = leave(node.id, lane);
    expect([next, write]).toMatchObject([line.slice(0, 3), { item: { until: 0, waiting: line.slice(3) } }]);
    expect(leave(node.id, { ...lane, waiting: line.slice(3) }).write).toMatchObject({
      do: 'remove',
      version: 3,
    });
  });
});
