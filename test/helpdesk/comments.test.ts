import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let path: string;
beforeAll(async () => {
  msp = await makeMsp();
  const { body } = await call('POST /v1/tickets', {
    as: msp.catalog,
    body: { kind: 'QUESTION', subject: 'How?', description: 'How does it work?' },
  });
  path = `/v1/tickets/${body.id}/comments`;
});
const say = (as: Caller, text: unknown) => call(`POST ${path}`, { as, body: { text } });

describe('comments', () => {
  it('are a talk of both sides, oldest first', async () => {
    const said = [await say(msp.handler, 'Like this'), await say(msp.system, 'Thanks')];
    expect(said.map(({ status, body }) => [status, body.from, body.author])).toEqual([
      [201, 'HELP_DESK', msp.handler.person],
      [201, 'PROVIDER', msp.system.person],
    ]);
    const first = await call(`GET ${path}?limit=1`, { as: msp.reader });
    expect(first.body.items).toEqual([said[0]?.body]);
    const second = await call(`GET ${path}?limit=1&cursor=${first.body.nextCursor}`, { as: msp.reader });
    expect(second.body.items).toEqual([said[1]?.body]);
    expect((await call(`GET ${path}`, { as: msp.handler })).body.items).toHaveLength(2);
  });

  it('are hidden from others and refused where a role or the text is wrong', async () => {
    const other = await makeMsp();
    expect((await call(`GET ${path}`, { as: other.system })).status).toBe(404);
    expect((await call(`POST ${path}`, { as: other.system, body: { text: 'Hello' } })).status).toBe(404);
    expect((await say(msp.reader, 'Hello')).status).toBe(403);
    for (const text of ['', '\u0000', 'x'.repeat(4001), 7]) {
      const refused = await say(msp.system, text);
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/text' }] } });
    }
  });
});
