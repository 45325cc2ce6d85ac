import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openQueue, type Queue } from '../../infra/local/queue.ts';
import { openStore, type Store } from '../../infra/local/store.ts';

const dir = mkdtempSync(join(tmpdir(), 'queue-'));
let time = 1000;
let store: Store;

afterEach(() => store.close());

function open(fresh = true): { queue: Queue; graves: Queue } {
  if (fresh) rmSync(dir, { recursive: true, force: true });
  store = openStore(dir);
  const graves = openQueue(store, { name: 'graves', arn: 'graves', visibilitySeconds: 30 });
  const queue = openQueue(store, {
    name: 'queue',
    arn: 'queue',
    visibilitySeconds: 30,
    redrive: { most: 2, deadLetters: () => graves },
    now: () => time,
  });
  return { queue, graves };
}

describe('a queue', () => {
  it('hides what was received until the visibility timeout is over', () => {
    const { queue } = open();
    queue.send('one');
    expect(queue.receive(10).map(({ body, receives }) => [body, receives])).toEqual([['one', 1]]);
    expect(queue.receive(10)).toEqual([]);
    time += 30_000;
    expect(queue.receive(10).map(({ receives }) => receives)).toEqual([2]);
  });

  it('forgets what was removed, and nothing else', () => {
    const { queue } = open();
    for (const body of ['one', 'two', 'three']) queue.send(body);
    const [first] = queue.receive(1);
    queue.remove([first?.id ?? 0]);
    expect(queue.size()).toBe(2);
    expect(queue.receive(10).map(({ body }) => body)).toEqual(['two', 'three']);
  });

  it('buries a message received too often', () => {
    const { queue, graves } = open();
    queue.send('bad');
    for (let round = 0; round < 2; round++)
      queue.release(
        queue.receive(1).map(({ id }) => id),
        0,
      );
    expect(queue.receive(1)).toEqual([]);
    expect([queue.size(), graves.size()]).toEqual([0, 1]);
    expect(graves.receive(1)[0]?.body).toBe('bad');
  });

  it('hides what was postponed for as long as was said, however it ends', () => {
    const { queue } = open();
    queue.send('late');
    const [message] = queue.receive(1);
    expect(queue.postpone(String(message?.id), 20)).toBe(true);
    queue.release([message?.id ?? 0], 0);
    expect(queue.receive(1)).toEqual([]);
    time += 20_000;
    const [again] = queue.receive(1);
    expect(again?.receives).toBe(2);
    queue.remove([again?.id ?? 0]);
    expect(queue.postpone(String(again?.id), 20)).toBe(false);
  });

  it('keeps everything over a restart and shows what was under way at once', () => {
    const first = open();
    first.queue.send('one');
    first.queue.send('two');
    first.queue.receive(1);
    store.close();
    const { queue } = open(false);
    expect(queue.receive(10).map(({ body, receives }) => [body, receives])).toEqual([
      ['one', 2],
      ['two', 1],
    ]);
  });

  it('sends all or nothing inside a transaction', () => {
    const { queue } = open();
    expect(() =>
      store.together(() => {
        queue.send('one');
        throw new Error('torn');
      }),
    ).toThrow('torn');
    expect(queue.size()).toBe(0);
  });
});
