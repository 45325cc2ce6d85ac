import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';
import { addressMoves } from './address.ts';
import { headerMoves, leakMoves, secrets, wholeMoves } from './around.ts';
import { type Endpoint, endpoints } from './document.ts';
import type { Raw } from './door.ts';
import { hearLogs } from './logs.ts';
import { anywhere, bodyMoves, type Draft, type Move } from './moves.ts';
import type { Stage } from './scenarios.ts';
import { withoutStacks } from './stacks.ts';
import { type Target, targets } from './targets.ts';
import { type Watch, watchStore } from './watch.ts';

const seed = Number(fc.readConfigureGlobal()?.seed ?? 0);
const soaking = process.env.RUNS !== undefined;
/** Requests to each endpoint at least; of those that are in form so many are sent to the real store. */
const [least, taken] = soaking ? [10_000, 400] : [1000, 5];

let stage: Stage;
let used = 0;
let store: Watch;
let [asked, refused, through, legal, lines] = [0, 0, 0, 0, 0];
/** A provider has room for a hundred products: after so many requests another one. */
async function nextStage(): Promise<Stage> {
  if (used++ % 40 > 0) return stage;
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  return stage;
}

withoutStacks();
beforeAll(() => {
  store = watchStore();
});
afterAll(() => {
  store.stop();
  process.stdout.write(
    `      fuzz: ${asked} requests over ${endpoints.size} endpoints, 0 × 5xx (SEED=${seed}; ${refused} refused unread, ${through} sent to the store, ${legal} taken)\n      secrets: ${lines} lines of the log, 0 hits\n`,
  );
});

/** What nobody outside has to see: stacks, files, the store's words, names of ours in the cloud. */
const inside =
  /\bat \S+ \(|node:internal|node_modules|\.ts:\d|arn:aws|ConditionExpression|ExpressionAttribute|KeyCondition|attribute_not_exists|begins_with|ValidationException|DynamoDB|TypeError|ReferenceError|SyntaxError|ZodError|\bT#(?:cus|prv)_/;

let complaints: string[] = [];
const complain = (what: string): false => {
  complaints.push(what.slice(0, 400));
  return false;
};

const pointers = ({ body }: Raw): string[] =>
  ((JSON.parse(body) as { errors?: { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);
const isWithin = (one: string, other: string) => one === other || one.startsWith(`${other}/`);

function lookAt(answer: Raw, endpoint: Endpoint, told: () => string): void {
  const objection = endpoint.objection(answer);
  if (objection) complain(`${told()}: ${objection}`);
  if (answer.statusCode >= 400 && inside.test(answer.body)) complain(`${told()}: ${answer.body}`);
}

/** Whether the document alone says that it is wrong. */
function isWrong(endpoint: Endpoint, draft: Draft, moves: readonly Move[]): boolean {
  if (moves.some(({ wrong }) => wrong)) return true;
  return draft.text === undefined && draft.value !== undefined && !endpoint.allows(draft.value);
}

const outOfForm = [400, 401, 413, 415, 428];

/** Sends it while the store is closed; true where its form is right, so that the store was asked. */
async function tryForm(target: Target, endpoint: Endpoint, moves: readonly Move[]): Promise<boolean> {
  const draft = target.base();
  for (const move of moves) move.apply(draft);
  const before = store.calls();
  asked++;
  const answer = await target.send(draft);
  const told = () => `${moves.map(({ name }) => name).join(' and ')}: ${answer.statusCode} ${answer.body}`;
  lookAt(answer, endpoint, told);
  if (store.calls() > before) {
    if (answer.statusCode !== 503) complain(`without a store, ${told()}`);
    else if (isWrong(endpoint, draft, moves)) complain(`the store was asked for what is wrong, ${told()}`);
    return true;
  }
  refused++;
  if (!outOfForm.includes(answer.statusCode)) complain(`unread, ${told()}`);
  const [only, other] = moves;
  if (other || answer.statusCode !== 400 || only?.pointer === undefined) return false;
  // What no schema says, such as two fields that do not go together, is told where the rule is.
  if (!isWrong(endpoint, draft, moves))
    return pointers(answer).length === 0 && complain(`nothing is named, ${told()}`);
  const { pointer } = only;
  const named = pointers(answer).some((one) => isWithin(one, pointer) || isWithin(pointer, one));
  if (!named) complain(`the field is not named, ${told()}`);
  return false;
}

/** Sends what is in form to the real store. */
async function goThrough(target: Target, endpoint: Endpoint, moves: readonly Move[]): Promise<void> {
  const draft = target.base();
  for (const move of moves) move.apply(draft);
  const before = store.written();
  through++;
  asked++;
  const answer = await target.send(draft);
  const told = () => `${moves.map(({ name }) => name).join(' and ')}: ${answer.statusCode} ${answer.body}`;
  if (answer.statusCode >= 500) complain(told());
  lookAt(answer, endpoint, told);
  if (answer.statusCode >= 400) {
    // A call of an agent that has proved itself uses up its count, whatever comes of it.
    const counted = endpoint.ofAgents ? 1 : 0;
    if (store.written() > before + counted) complain(`refused, and something was written, ${told()}`);
    return;
  }
  legal++;
  if (target.changes) await target.renew();
}

/** Sends secrets in every place, unread and, where the form is right, read; no line of the log has one. */
async function leak(target: Target, endpoint: Endpoint): Promise<void> {
  const found: string[] = [];
  const stop = hearLogs((line) => {
    lines++;
    if (line.includes(secrets.sign)) found.push(line.slice(0, 300));
  });
  for (const move of leakMoves(endpoint, target.base().value)) {
    for (const mode of ['closed', 'walled'] as const) {
      store.mode = mode;
      const draft = target.base();
      move.apply(draft);
      const before = store.calls();
      const { statusCode } = await target.send(draft);
      asked++;
      if (statusCode >= 500 && store.calls() === before) found.push(`${move.name}: ${statusCode}`);
      if (statusCode !== 503) break;
    }
  }
  stop();
  expect(found).toEqual([]);
}

/** A source of the same numbers for the same seed and name. */
function dice(name: string): (below: number) => number {
  let state = [...`${seed} ${name}`].reduce(
    (sum, one) => Math.imul(sum ^ one.charCodeAt(0), 16_777_619),
    2_166_136_261,
  );
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const collide = ({ slot: one }: Move, { slot: other }: Move) => isWithin(one, other) || isWithin(other, one);

function several(all: readonly Move[], roll: (below: number) => number): Move[] {
  const chosen: Move[] = [];
  for (let left = 2 + roll(3); left > 0; left--) {
    const move = all[roll(all.length)] as Move;
    if (!chosen.some((one) => collide(one, move))) chosen.push(move);
  }
  return chosen;
}

describe.each([...endpoints.values()].map((one) => [one.id, one] as const))('%s', (id, endpoint) => {
  it('refuses what is out of form unread, and answers everything as documented', async () => {
    store.mode = 'open';
    const target = await targets[id]?.(nextStage);
    if (!target) throw new Error(`${id} has no typical request`);
    const { value } = target.base();
    const all = [
      ...addressMoves(endpoint),
      ...(endpoint.ofAgents ? [] : headerMoves(endpoint)),
      ...wholeMoves(endpoint),
      ...bodyMoves(endpoint, value),
    ];
    if (endpoint.body) {
      const big = anywhere('more than it may have', (draft) => {
        draft.text = 'x'.repeat(target.mostBytes + 1);
      });
      all.push(big);
    }
    await leak(target, endpoint);
    const roll = dice(id);
    complaints = [];
    const passing: Move[][] = [];
    store.mode = 'closed';
    for (const move of all) if (await tryForm(target, endpoint, [move])) passing.push([move]);
    for (let left = least - all.length; left > 0; left--) {
      const moves = several(all, roll);
      if (await tryForm(target, endpoint, moves)) passing.push(moves);
    }
    store.mode = 'open';
    for (let left = Math.min(taken, passing.length); left > 0; left--) {
      const [moves = []] = passing.splice(roll(passing.length), 1);
      await goThrough(target, endpoint, moves);
    }
    expect([complaints.length, ...complaints.slice(0, 5)]).toEqual([0]);
  });
});
