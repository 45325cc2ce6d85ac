import { beforeAll, describe, expect, it } from 'vitest';
import { newMachine, type Office, openOffice, type TestMachine } from '../kit/machine.ts';
import { addCustomer, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

/** A console with 100 seats; `use` brings the machines to a number, by enrolling and removing them. */
async function hundred(): Promise<Office & { use: (target: number) => Promise<void> }> {
  const office = await openOffice(msp, await addCustomer(msp), { seats: 100 });
  const there: TestMachine[] = [];
  const use = async (target: number) => {
    while (there.length < target) {
      const machine = newMachine();
      const { status, body } = await machine.enrol(office.token);
      if (status !== 200) throw new Error(JSON.stringify(body));
      there.push(machine);
    }
    while (there.length > target) {
      const { status } = await office.remove(there.pop()?.machineId ?? '');
      if (status !== 204) throw new Error(`removeMachine answered ${status}`);
    }
  };
  return { ...office, use };
}
const metered = async () => {
  const office = await hundred();
  // What goes beyond is metered, not refused: the MSP licence has one seat in place of one that was bought.
  await office.licences.remove(office.subscriptionId);
  await office.licences.buy(99);
  await office.licences.give({ source: 'MSP', seats: 1 });
  return office;
};

describe('traces of the alert semantics over machines that enrol, 80 % and 100 % of 100 seats', () => {
  it('A: a climb 0 → 110 by one makes two notices', async () => {
    const office = await metered();
    for (let target = 1; target <= 110; target++) await office.use(target);
    expect(await office.licences.notices()).toEqual(['fired 80', 'fired 100']);
  });

  it('B: what is crossed at once is told at once: 70 machines, seats 100 → 54', async () => {
    const office = await openOffice(msp, await addCustomer(msp), { seats: 54 });
    const more = await office.licences.buy(46);
    for (let n = 0; n < 70; n++) await office.enrolled();
    await office.licences.remove(more.body.id);
    expect(await office.licences.notices()).toEqual(['fired 80 100']);
  });

  it('C: 81, 79, 81, 79 … makes one notice', async () => {
    const office = await hundred();
    for (let turn = 0; turn < 5; turn++) {
      await office.use(81);
      await office.use(79);
    }
    expect(await office.licences.notices()).toEqual(['fired 80']);
  });

  it('D: 101 of 100, seats → 125, then 126', async () => {
    const office = await metered();
    await office.use(101);
    await office.licences.buy(25);
    await office.use(126);
    expect(await office.licences.notices()).toEqual(['fired 80', 'fired 100', 'recovered 100', 'fired 100']);
  });

  it('E: steady use of 70, seats 100 → 80, makes one notice', async () => {
    const office = await openOffice(msp, await addCustomer(msp), { seats: 80 });
    const more = await office.licences.buy(20);
    for (let n = 0; n < 70; n++) await office.enrolled();
    await office.licences.remove(more.body.id);
    expect(await office.licences.notices()).toEqual(['fired 80']);
  });

  it('F: 85, then 60, then 85 fires, recovers and fires', async () => {
    const office = await hundred();
    await office.use(85);
    await office.use(60);
    await office.use(85);
    expect(await office.licences.notices()).toEqual(['fired 80', 'recovered 80', 'fired 80']);
  });
});
