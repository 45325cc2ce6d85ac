import type { Endpoint, Parameter } from './document.ts';
import { anywhere, type Move, ourOwn, poison, told } from './moves.ts';

const inAddress = [
  ...['T#prv_0#X', '../../etc/passwd', 'a\r\nb', 'a\u0000b', '\u202ex', 'x'.repeat(3000), ' ', '0', '-1'],
  ...[
    '101',
    '1.5',
    '1e400',
    'NaN',
    'null',
    'true',
    '*',
    '%',
    '%00',
    '{}',
    '[]',
    "'",
    '"',
    '\\',
    'é',
    '\u{1F600}',
  ],
];

/** What is done to the path and the query. */
export function addressMoves(endpoint: Endpoint): Move[] {
  const { parameters } = endpoint;
  const queries = parameters.filter((one) => one.in === 'query');
  const known = new Set(queries.map(({ name }) => name));
  const strange = [
    ...ourOwn,
    'nonsense',
    '__proto__',
    'constructor',
    'q[]',
    'a\u0000',
    'limit',
    'cursor',
    'dryRun',
  ];
  return [
    ...parameters.filter((one) => one.in === 'path').flatMap((one) => idMoves(endpoint, one)),
    ...queries.flatMap((one) => filterMoves(endpoint, one)),
    ...strange.filter((name) => !known.has(name)).map((name) => add(name, '1', true)),
  ];
}

/** A filter. */
export const add = (name: string, value: string, wrong: boolean): Move =>
  anywhere(
    `?${name}=${value.slice(0, 40)}`,
    (draft) => {
      draft.query = [...draft.query.filter(([other]) => other !== name), [name, value]];
    },
    { wrong, slot: `?${name}`, pointer: `#/query/${name}` },
  );

function filterMoves(endpoint: Endpoint, one: Parameter): Move[] {
  const { minLength, maxLength, minimum, maximum, enum: names } = one.schema;
  const values = [
    ...inAddress,
    ...poison.filter((text) => text.isWellFormed()),
    '',
    ...(names ?? []).map((name) => `${name}x`),
    ...(minLength ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength), 'x'.repeat(maxLength + 1)]),
    ...(minimum === undefined ? [] : [String(minimum - 1), String(minimum)]),
    ...(maximum === undefined ? [] : [String(maximum), String(maximum + 1)]),
  ];
  const twice = anywhere(
    `?${one.name} twice`,
    (draft) => {
      draft.query = [...draft.query, [one.name, '1'], [one.name, '2']];
    },
    { slot: `?${one.name}`, pointer: `#/query/${one.name}` },
  );
  return [...values.map((value) => add(one.name, value, !endpoint.allowsParameter(one, value))), twice];
}

function idMoves(endpoint: Endpoint, one: Parameter): Move[] {
  const set = (change: (was: string) => string, name: string): Move =>
    anywhere(
      `{${one.name}} ${name}`,
      ({ params }) => {
        params[one.name] = change(params[one.name] ?? '');
      },
      { wrong: false, slot: `{${one.name}}`, pointer: `#/params/${one.name}` },
    );
  const given = [...inAddress, ...poison].filter((value) => value !== '' && value.isWellFormed());
  return [
    ...given.map((value) => ({
      ...set(() => value, told(value)),
      wrong: !endpoint.allowsParameter(one, value),
    })),
    set((was) => was.toLowerCase(), 'in lower case'),
    set((was) => `${was}0`, 'longer'),
    set((was) => was.slice(0, -1), 'shorter'),
    set((was) => was.replace(/.$/, (last) => (last === 'Z' ? 'Y' : 'Z')), 'of another thing'),
    set((was) => was.replace(/^.../, 'evt'), 'of another kind'),
  ];
}
