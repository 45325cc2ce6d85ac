import { add } from './address.ts';
import type { Endpoint } from './document.ts';
import { anywhere, type Move, put, told } from './moves.ts';
import { objectsOf, placesOf } from './places.ts';

const text = (name: string, make: (json: string) => string, wrong = true): Move => ({
  ...{ name, pointer: undefined, slot: '#', wrong },
  apply: (draft) => {
    draft.text = make(draft.text ?? JSON.stringify(draft.value ?? {}));
  },
});
const within = (more: string) => (json: string) =>
  json.replace(/^\{(?=.)/s, (open) => `${open}${more}${json === '{}' ? '' : ','}`);

/** What is done to the text of a JSON body. */
const textMoves: readonly Move[] = [
  ...['', '[', '{', 'nul', "{'a':1}", '{"a":1,}', '{"a":01}', '{"a":"\t"}', '//x\n{}'].map((one) =>
    text(`the text ${told(one)}`, () => one),
  ),
  text('a name twice', (json) =>
    json.replace(/^\{("\w+"):/s, '{$1:1,$1:').replace(/^\{\}$/, '{"a":1,"a":2}'),
  ),
  ...['"__proto__":{"x":1}', '"constructor":{"prototype":{}}', '"a":1e400', '"a":9007199254740993'].map(
    (one) => text(`with ${one}`, within(one)),
  ),
  ...['"a":"\\ud800"', '"\\udfff":1', '"a":-1e400', '"hasOwnProperty":1', '"toString":"x"', '"":1'].map(
    (one) => text(`with ${one}`, within(one)),
  ),
  text('deeply nested', () => `${'['.repeat(40)}${']'.repeat(40)}`),
  text('nested inside', within(`"a":${'{"a":'.repeat(20)}1${'}'.repeat(20)}`)),
  text('cut off', (json) => json.slice(0, -1)),
  text('twice', (json) => `${json}${json}`),
  text('with a replacement character', within('"a":"\ufffd"')),
];

const header = (name: string, value: string | undefined, wrong: boolean, pointed = true): Move =>
  anywhere(
    `${name}: ${value?.slice(0, 40)}`,
    ({ headers }) => {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    },
    { wrong, slot: `@${name}`, ...(pointed ? { pointer: `#/headers/${name}` } : {}) },
  );

/** What is done to headers. */
export function headerMoves({ parameters }: Endpoint): Move[] {
  const [key, tag, session] = ['idempotency-key', 'if-match', 'quartermaster-session'];
  const needs = (name: string) =>
    parameters.some((one) => one.in === 'header' && one.required && one.name.toLowerCase() === name);
  const keys = ['', ' ', 'a b', 'é', 'a\r\nb', 'a\u0000', 'x'.repeat(256), '\u{1F600}', '\t'];
  return [
    ...keys.map((one) => header(key, one, true)),
    ...(needs(key) ? [header(key, undefined, true)] : []),
    ...(needs(tag) ? [header(tag, undefined, true, false)] : []),
    ...['', 'W/"1"', '"', 'x'.repeat(300), '"-1"', '"1', 'é'].map((one) => header(tag, one, false)),
    ...['', 'qas.a.b.c', 'qas...', 'x'.repeat(3000), 'é', 'a\r\nb'].map((one) => header(session, one, false)),
    ...['accept', 'cookie', 'host', 'x-forwarded-for', 'content-length', 'transfer-encoding'].map((one) =>
      header(one, `'"<script>\r\n${'$'}{jndi:x}`, false),
    ),
  ];
}

/** What is done to everything about a body as a whole. */
export function wholeMoves({ body, media }: Endpoint): Move[] {
  if (!body)
    return ['{"x":1}', '[', 'null', '[]', '"x"', '1', '{}{}'].map((one) =>
      anywhere(`the body ${one}`, (draft) => {
        draft.text = one;
      }),
    );
  const types = [
    'text/html',
    'application/json5',
    'application/xml',
    '',
    'json',
    '*/*',
    'multipart/form-data',
  ];
  const bytes = anywhere('bytes that are not UTF-8', (draft) => {
    draft.text = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('base64');
    draft.base64 = true;
  });
  return [
    ...types.map((one) => header('content-type', one, true, false)),
    header('content-type', undefined, true, false),
    bytes,
    ...(media[0] === 'application/json' ? textMoves : []),
  ];
}

/** What must not be seen again: an address, a telephone, a secret. */
export const secrets = {
  sign: 'cny0leak',
  all: ['cny0leak@people.example.com', '+43 1 cny0leak', 'Bearer cny0leak.cny0leak.cny0leak', 'qek.cny0leak'],
};

/** A secret in every field, filter, id and header, one at a time. */
export function leakMoves(endpoint: Endpoint, value: unknown): Move[] {
  const { all } = secrets;
  const places = endpoint.body && typeof value === 'object' ? placesOf(endpoint.body, value) : [];
  const named = endpoint.parameters.filter((one) => one.in !== 'header');
  const headers = [
    'authorization',
    'cookie',
    'quartermaster-session',
    'idempotency-key',
    'if-match',
    'user-agent',
  ];
  return [
    ...places.map(({ path }, at) => put(path, all[at % all.length])),
    ...objectsOf(endpoint, value).map((path) => put([...path, 'cny0leak'], all[0])),
    ...named.map(({ in: where, name }) =>
      where === 'query'
        ? add(name, all[0] ?? '', false)
        : anywhere(name, ({ params }) => Object.assign(params, { [name]: all[0] }), {
            wrong: false,
            slot: `{${name}}`,
          }),
    ),
    ...headers.map((name, at) => header(name, all[at % all.length], false, false)),
    text('a text with a secret', () => `${all.join(' ')}`),
  ];
}
