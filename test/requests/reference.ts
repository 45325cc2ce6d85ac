/**
 * What a naive reader of the rules expects of catalogue, entitlement, prices and balances: written apart from the
 * product, over plain objects, and knowing nothing of how anything is stored.
 */
export interface Item {
  readonly id: string;
  price: number;
  /** How often the pricing system had been switched when the price was given. */
  epoch: number;
  readonly most: number;
  readonly approval: boolean;
  published: boolean;
  /** Of a bundle: one or two of each. */
  readonly parts: readonly Item[];
}

export interface Market {
  readonly id: string;
  readonly everyone: boolean;
  readonly department: string | null;
  readonly people: readonly string[];
  items: Item[];
}

export interface Person {
  readonly id: string;
  readonly department: string;
}

export interface Company {
  readonly assigned: Set<Item>;
  readonly restricted: Set<Item>;
  readonly markets: Market[];
  readonly people: readonly Person[];
  fullView: boolean;
  balance: number;
  blocked: boolean;
}

export interface Order {
  readonly company: Company;
  readonly person: Person;
  readonly item: Item;
  readonly cost: number;
  state: string;
  refunded: boolean;
}

export interface World {
  credits: boolean;
  epoch: number;
  readonly items: Item[];
  readonly orders: Order[];
}

const includes = (market: Market, { id, department }: Person) =>
  market.everyone || market.people.includes(id) || market.department === department;

export function sees(company: Company, person: Person, item: Item): boolean {
  if (!item.published || !company.assigned.has(item)) return false;
  if (!item.parts.every((part) => company.assigned.has(part))) return false;
  if (company.fullView && !company.restricted.has(item)) return true;
  return company.markets.some((market) => market.items.includes(item) && includes(market, person));
}

/** What one costs, with so many of each part of a bundle. */
export function unitPrice(world: World, item: Item, ofEach: number): number {
  const own = ({ price, epoch }: Item) => (epoch === world.epoch ? price : 0);
  return item.parts.length === 0
    ? own(item)
    : item.parts.map(own).reduce((sum, price) => sum + ofEach * price, 0);
}

/** What ordering is answered with: a refusal's code, or what it takes from the balance. */
export function ordering(
  world: World,
  { company, person, item }: Pick<Order, 'company' | 'person' | 'item'>,
  { quantity, ofEach }: { quantity: number; ofEach: number },
): { refused: string } | { cost: number } {
  if (!sees(company, person, item)) return { refused: 'requests.not_entitled' };
  if (quantity > item.most || (item.parts.length > 0 && ofEach > 2))
    return { refused: 'requests.quantity_out_of_range' };
  const cost = world.credits ? unitPrice(world, item, ofEach) * quantity : 0;
  if (cost > 0 && company.blocked && company.balance < cost) return { refused: 'credits.insufficient' };
  return { cost };
}

/** What an order begins with: a bundle waits for whoever approves any part of it. */
export const beginning = ({ approval, parts }: Item): string =>
  approval || parts.some((part) => part.approval) ? 'WAITING_APPROVAL' : 'INITIATED_PLANNING';

const course: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  approve: { WAITING_APPROVAL: 'INITIATED_PLANNING' },
  reject: { WAITING_APPROVAL: 'REJECTED' },
  start: { INITIATED_PLANNING: 'IN_PROGRESS' },
  complete: { IN_PROGRESS: 'COMPLETED' },
  fail: { INITIATED_PLANNING: 'FAILED', IN_PROGRESS: 'FAILED' },
  cancel: {
    WAITING_APPROVAL: 'CANCELLED',
    INITIATED_PLANNING: 'CANCELLED',
    IN_PROGRESS: 'CANCELLED',
  },
};
export const verbs = Object.keys(course);

/** Moves an order on; false where its state does not allow that. What was paid comes back with a bad end. */
export function moveOn(order: Order, verb: string): boolean {
  const next = course[verb]?.[order.state];
  if (!next) return false;
  order.state = next;
  if (['REJECTED', 'CANCELLED', 'FAILED'].includes(next)) {
    order.company.balance += order.cost;
    order.refunded = order.cost > 0;
  }
  return true;
}
