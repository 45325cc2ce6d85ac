import { beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../kit/deliver.ts';
import { type Answer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { draft, edit, items, of, step } from './desk.ts';

let msp: Msp;
let [one, other, head]: Caller[] = [];
beforeAll(async () => {
  msp = await makeMsp();
  [one, other, head] = await Promise.all([
    enlist(msp.id, ['INTERNAL_SUPPLIER']),
    enlist(msp.id, ['INTERNAL_SUPPLIER']),
    enlist(msp.id, ['INTERNAL_SUPPLIER_ADMINISTRATOR']),
  ]);
});

const codeOf = ({ status, body }: Answer) => (status < 300 ? status : body.code);
const remove = (as: Caller, item: Answer) => call(`DELETE ${of(item)}`, { as, headers: { 'if-match': '*' } });
const by = (caller: Caller | undefined) => caller as Caller;

describe('a supplier', () => {
  it('edits, hands in and removes what it made', async () => {
    const made = await draft(by(one));
    expect(made.body.supplied).toBe(true);
    expect(codeOf(await edit(by(one), made, { summary: 'Mine' }))).toBe(200);
    expect(codeOf(await step(by(one), made, 'submit'))).toBe(200);
    expect(codeOf(await remove(by(one), await draft(by(one))))).toBe(204);
  });

  it('changes nothing of another supplier or of the catalogue', async () => {
    for (const made of [await draft(by(one)), await draft(msp.catalog)]) {
      const before = await call(`GET ${of(made)}`, { as: by(other) });
      expect(codeOf(await edit(by(other), made, { summary: 'Theirs' }))).toBe('catalogue.not_your_item');
      expect(codeOf(await step(by(other), made, 'submit'))).toBe('catalogue.not_your_item');
      expect(codeOf(await remove(by(other), made))).toBe('catalogue.not_your_item');
      expect((await call(`GET ${of(made)}`, { as: by(other) })).body).toEqual(before.body);
    }
  });
});

describe('the suppliers’ administrator', () => {
  it('edits, publishes, rejects and takes from sale what suppliers made', async () => {
    const made = await draft(by(one));
    expect(codeOf(await edit(by(head), made, { summary: 'Ours' }))).toBe(200);
    expect(codeOf(await step(by(head), made, 'submit'))).toBe(200);
    expect(codeOf(await step(by(head), made, 'reject'))).toBe(200);
    expect(codeOf(await edit(by(one), made, { summary: 'Better' }))).toBe(200);
    expect(codeOf(await step(by(head), made, 'publish'))).toBe(200);
    expect(codeOf(await step(by(head), made, 'unpublish'))).toBe(200);
  });

  it('changes nothing of the catalogue’s administrator, who changes everything', async () => {
    const made = await draft(msp.catalog);
    expect(made.body.supplied).toBe(false);
    expect(codeOf(await edit(by(head), made, { summary: 'Ours' }))).toBe('catalogue.not_your_item');
    await step(msp.catalog, made, 'submit');
    for (const verb of ['reject', 'publish', 'unpublish'] as const)
      expect(codeOf(await step(by(head), made, verb))).toBe('catalogue.not_your_item');
    const theirs = await draft(by(one));
    expect(codeOf(await edit(msp.catalog, theirs, { summary: 'All' }))).toBe(200);
    expect(codeOf(await remove(msp.catalog, theirs))).toBe(204);
  });
});

it('what is imported is the importer’s', async () => {
  const sent = await call('POST /v1/catalogue/imports?source=file', {
    as: by(one),
    text: 'name\nImported by a supplier',
    headers: { 'content-type': 'text/csv' },
  });
  expect(sent.status).toBe(202);
  await deliver(msp.id);
  const list = await call(`GET ${items}?q=Imported by a supplier`, { as: by(one) });
  const [made] = list.body.items.map((item: { id: string }) => ({ body: item }) as Answer);
  expect((await call(`GET ${of(made)}`, { as: by(one) })).body).toMatchObject({ supplied: true });
  expect(codeOf(await edit(by(other), made, { summary: 'Theirs' }))).toBe('catalogue.not_your_item');
  expect(codeOf(await edit(by(head), made, { summary: 'Ours' }))).toBe(200);
  expect(codeOf(await edit(by(one), made, { summary: 'Mine' }))).toBe(200);
});
