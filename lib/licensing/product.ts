import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { nameEntry, productCountKey, productKey, uniqueKey } from '../kit/keys.ts';
import { difference, type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, name, whole } from '../kit/text.ts';
import { productCodeTaken, tooManyProducts } from './problems.ts';
import { mostLicences } from './resource.ts';
import { mostDays } from './term.ts';

/** Products that a provider may have: what a customer holds of them is read at once. */
export const mostProducts = 100;

/** One seat of a product is one protected machine. */
export const seats = whole(1, mostLicences);

const fields = {
  name: name(64),
  trialDays: whole(1, mostDays),
  trialSeats: seats,
  mspLicence: z
    .boolean()
    .describe('You hold an MSP licence of it: customers may run on yours, metered monthly at peak seats'),
};

/** A product that customers of a provider hold licences of. */
export const product = z.strictObject({
  id: z.string().describe('`prd_…`'),
  code: z.string(),
  ...fields,
  state: z.enum(['ACTIVE', 'RETIRED']).describe('RETIRED: nothing new; what customers have runs on'),
  createdAt: z.string(),
});
export type ProductView = z.infer<typeof product>;
export type Product = ProductView & { readonly version: number };

export const newProduct = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9-]{1,19}$/, 'must be 2 to 20 of A to Z, 0 to 9 and -')
    .describe('Unique at the provider; fixed'),
  name: fields.name,
  trialDays: fields.trialDays.default(30),
  trialSeats: fields.trialSeats.default(25),
  mspLicence: fields.mspLicence.default(false),
});
export const changedProduct = z.strictObject({ ...fields, state: product.shape.state }).partial();

export const productSummary = product.pick({ id: true, code: true, name: true, state: true });

const stored = product.extend({ version: z.number() }).strip();

export const toProduct = (item: Readonly<Record<string, unknown>>): Product => stored.parse(item);

/** What a list shows, from the index. */
export const toProductSummary = ({ id, name, state, summary }: Readonly<Record<string, unknown>>) =>
  productSummary.parse({ id, name, state, code: summary });

export const viewProduct = ({ version: _, ...rest }: Product): ProductView => rest;

function toItem(providerId: string, { version, ...one }: Product): Item & { version: number } {
  return {
    ...productKey(providerId, one.id),
    ...nameEntry(providerId, 'PRODUCT', foldName(one.name), one.id),
    ...one,
    kind: 'product',
    summary: one.code,
    version,
  };
}

/** Adds a product. `count`: how many there are, as stored. */
export function addProduct(
  command: z.output<typeof newProduct>,
  found: { providerId: string; count: Readonly<Record<string, unknown>> | undefined },
  made: { id: string; now: string },
): Plan<ProductView> {
  const added: Product = {
    id: made.id,
    ...command,
    state: 'ACTIVE',
    createdAt: made.now,
    version: 1,
  };
  const { providerId } = found;
  const errors = [{ pointer: '#/code', message: 'is taken' }];
  return {
    writes: [
      { do: 'create', item: toItem(providerId, added) },
      {
        do: 'create',
        item: {
          ...uniqueKey(providerId, 'PRODUCT_CODE', digest('code', added.code)),
          kind: 'unique',
          productId: added.id,
        },
        taken: new Problem(productCodeTaken, undefined, { errors }),
      },
      counted(providerId, found.count),
    ],
    receipt: { action: 'products.create', subject: added.id, after: { ...viewProduct(added) } },
    reply: { body: viewProduct(added), version: 1, location: `/v1/products/${added.id}` },
  };
}

function counted(providerId: string, count: Readonly<Record<string, unknown>> | undefined): Write {
  const before = { products: Number(count?.products ?? 0), version: Number(count?.version ?? 0) };
  if (before.products >= mostProducts) refuse(tooManyProducts, undefined, { most: mostProducts });
  const item = {
    ...productCountKey(providerId),
    kind: 'productCount',
    products: before.products + 1,
    version: before.version + 1,
  };
  return before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version };
}

/** Changes what is offered from now on; licences that customers have keep their seats and days. */
export function changeProduct(
  providerId: string,
  before: Product,
  change: z.output<typeof changedProduct>,
): Plan<ProductView> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Product = { ...before, ...given, version: before.version + 1 };
  const differing = difference(viewProduct(before), viewProduct(after));
  if (Object.keys(differing.after).length === 0)
    return { writes: [], reply: { body: viewProduct(before), version: before.version } };
  return {
    writes: [{ do: 'replace', version: before.version, item: toItem(providerId, after) }],
    receipt: { action: 'products.change', subject: after.id, ...differing },
    reply: { body: viewProduct(after), version: after.version },
  };
}

/** What a customer that stands by itself has of its own list of products. */
export interface OwnList {
  readonly products: readonly Pick<Product, 'id' | 'code'>[];
  /** Their count, as stored. */
  readonly count: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Puts products of a provider (`origin`, whose keys of them count on) on a customer's own list, as they are, those left
 * out that stand there.
 */
export function copied(
  of: { customerId: string; origin: string },
  products: readonly Product[],
  own: OwnList,
): Write[] {
  const { customerId, origin } = of;
  const codes = new Set(own.products.map(({ code }) => code));
  const fresh = products.filter(({ id }) => !own.products.some((one) => one.id === id));
  if (fresh.length === 0) return [];
  const before = { products: Number(own.count?.products ?? 0), version: Number(own.count?.version ?? 0) };
  const item = {
    ...productCountKey(customerId),
    kind: 'productCount',
    products: before.products + fresh.length,
    version: before.version + 1,
  };
  return [
    ...fresh.flatMap((one): Write[] => {
      const code = freeCode(one.code, codes);
      const unique = uniqueKey(customerId, 'PRODUCT_CODE', digest('code', code));
      return [
        // What was the partner's own licence of it is not the customer's.
        {
          do: 'create',
          item: { ...toItem(customerId, { ...one, code, mspLicence: false, version: 1 }), origin },
        },
        { do: 'create', item: { ...unique, kind: 'unique', productId: one.id } },
      ];
    }),
    before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version },
  ];
}

function freeCode(wanted: string, taken: Set<string>): string {
  let code = wanted;
  for (let number = 2; taken.has(code); number++) code = `${wanted.slice(0, 16)}-${number}`;
  taken.add(code);
  return code;
}
