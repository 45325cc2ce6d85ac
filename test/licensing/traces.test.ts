import { beforeAll, describe, expect, it } from 'vitest';
import { type Msp, makeMsp } from '../kit/world.ts';
import { type Desk, openDesk, setPool } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await setPool(msp, 'DEVICE', 100_000);
});

async function softHundred(): Promise<Desk> {
  const desk = await openDesk(msp);
  await desk.soft(100);
  return desk;
}

describe('traces of the alert semantics, 80 % and 100 % of 100', () => {
  it('A: a climb 0 → 110 by one makes two notices', async () => {
    const desk = await softHundred();
    for (let target = 1; target <= 110; target++) await desk.use(target);
    expect(await desk.notices()).toEqual(['fired 80', 'fired 100']);
  });

  it('B: a jump 70 → 130 makes one notice that names both', async () => {
    const desk = await softHundred();
    await desk.use(70);
    await desk.use(130);
    expect(await desk.notices()).toEqual(['fired 80 100']);
  });

  it('C: 81, 79, 81, 79 … makes one notice', async () => {
    const desk = await softHundred();
    for (let turn = 0; turn < 5; turn++) {
      await desk.use(81);
      await desk.use(79);
    }
    expect(await desk.notices()).toEqual(['fired 80']);
  });

  it('D: 101 of 100, limit → 125, use 126', async () => {
    const desk = await softHundred();
    await desk.use(79);
    await desk.use(101);
    await desk.soft(125);
    await desk.use(126);
    expect(await desk.notices()).toEqual(['fired 80 100', 'recovered 100', 'fired 100']);
  });

  it('E: steady use 70, limit 100 → 80, makes one notice', async () => {
    const desk = await softHundred();
    await desk.use(70);
    await desk.soft(80);
    expect(await desk.notices()).toEqual(['fired 80']);
  });

  it('F: 85, then 60, then 85 fires, recovers and fires', async () => {
    const desk = await softHundred();
    await desk.use(85);
    await desk.use(60);
    await desk.use(85);
    expect(await desk.notices()).toEqual(['fired 80', 'recovered 80', 'fired 80']);
  });
});
