import { expect, it } from 'vitest';
import { toEvent } from '../../infra/local/gateway-event.ts';

it('names of headers and parameters are those that were sent, whatever they are called', () => {
  const rawHeaders = ['constructor', 'one', 'ToString', 'two', 'x-many', 'a', 'X-Many', 'b'];
  const event = toEvent({
    account: '1',
    apiId: 'api',
    request: { rawHeaders, socket: {}, headers: {}, method: 'GET', httpVersion: '1.1' } as never,
    match: { route: { key: 'GET /' }, parameters: {} } as never,
    rawPath: '/',
    query: 'valueOf=1&name=a&name=b',
    body: Buffer.alloc(0),
    requestId: 'r',
  });
  expect(event.headers).toMatchObject({ constructor: 'one', tostring: 'two', 'x-many': 'a,b' });
  expect(event.queryStringParameters).toEqual({ valueOf: '1', name: 'a,b' });
});
