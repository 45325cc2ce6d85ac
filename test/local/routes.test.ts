import { expect, it } from 'vitest';
import { makeRoute, matchRoute } from '../../infra/local/routes.ts';

const keys = [
  'GET /v1/customers/{id}',
  'GET /v1/customers/search',
  'ANY /v1/customers/{id}',
  'GET /files/{path+}',
  'POST /v1/{kind}/{id}',
];
const routes = keys.map((key) => makeRoute(key, key));
const find = (line: string, list = routes) => {
  const [method = '', path = ''] = line.split(' ');
  const match = matchRoute(list, method, path);
  return match && [match.route.key, match.parameters];
};

it.each<[string, unknown]>([
  ['GET /v1/customers/search', ['GET /v1/customers/search', {}]],
  ['GET /v1/customers/7', ['GET /v1/customers/{id}', { id: '7' }]],
  ['DELETE /v1/customers/7', ['ANY /v1/customers/{id}', { id: '7' }]],
  ['POST /v1/customers/7', ['ANY /v1/customers/{id}', { id: '7' }]],
  ['POST /v1/orders/7', ['POST /v1/{kind}/{id}', { kind: 'orders', id: '7' }]],
  ['GET /files/a/b%20c', ['GET /files/{path+}', { path: 'a/b c' }]],
  ['GET /v1/customers/a%2Fb', ['GET /v1/customers/{id}', { id: 'a/b' }]],
  ['GET /v1/customers', undefined],
  ['GET /v1/customers/', undefined],
  ['GET /v1/customers/7/', undefined],
  ['HEAD /files/a', undefined],
  ['GET /V1/customers/7', undefined],
])('%s', (line, expected) => {
  expect(find(line)).toEqual(expected);
});

it('falls back to the default route', () => {
  const all = [...routes, makeRoute('$default', '$default')];
  expect(find('PATCH /anything/at/all', all)?.[0]).toBe('$default');
  expect(find('GET /v1/customers/7', all)?.[0]).toBe('GET /v1/customers/{id}');
});
