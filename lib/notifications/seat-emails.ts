import type { Crossing } from '../kit/band.ts';
import { type About, compose, type Message } from './emails.ts';

/** A mail about licences of a product says its name besides. */
export interface AboutProduct extends About {
  readonly productName: string;
}

export interface SeatFacts extends Crossing {
  readonly used: number;
  readonly limit: number;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
const are = (count: number) => (count === 1 ? 'is' : 'are');

const percents = ({ thresholds }: Crossing) => thresholds.map(({ at }) => `${at} %`).join(' and ');

export function seatsReached(facts: SeatFacts, { customerName, productName }: AboutProduct): Message {
  const { used, limit, value } = facts;
  return compose(
    `${customerName}: ${value} % of the seats of ${productName} are taken`,
    `${used} of ${counted(limit, 'seat')} of ${productName} ${are(used)} taken at ${customerName} (${value} %). Reached: ${percents(facts)}.`,
  );
}

export function seatsRecovered(facts: SeatFacts, { customerName, productName }: AboutProduct): Message {
  const { used, limit, value } = facts;
  return compose(
    `${customerName}: seats of ${productName} back below ${percents(facts)}`,
    `${used} of ${counted(limit, 'seat')} of ${productName} ${are(used)} taken at ${customerName} (${value} %).`,
  );
}

export interface OverDeployedFacts {
  readonly used: number;
  readonly limit: number;
  readonly since: string | null;
  readonly metered: boolean;
}

/** More seats are taken than there are; `since` null: no longer. */
export function overDeployed(facts: OverDeployedFacts, { customerName, productName }: AboutProduct): Message {
  const { used, limit, since, metered } = facts;
  const state = `${counted(used, 'seat')} of ${productName} ${are(used)} taken at ${customerName}, its running licences have ${limit}.`;
  if (since === null)
    return compose(
      `${customerName}: seats of ${productName} are covered again`,
      `${state}\n\nAll are covered.`,
    );
  const follows = metered
    ? 'The MSP licence allows that: what is beyond is metered as overage of the month.'
    : 'No further machine gets a seat. Buy or renew a licence, or free seats.';
  return compose(
    `${customerName}: ${counted(used - limit, 'machine')} ${used - limit === 1 ? 'runs' : 'run'} ${productName} without a seat`,
    `${state} That is so since ${since}.\n\n${follows}`,
  );
}

export interface EndingFacts {
  readonly kind: string;
  readonly seats: number;
  readonly endsAt: string;
  /** Absent: it has ended. */
  readonly withinDays?: number | undefined;
}

const words: Readonly<Record<string, string>> = {
  TRIAL: 'trial',
  SUBSCRIPTION: 'licence',
  MSP: 'MSP licence',
};

export function licenceEnds(facts: EndingFacts, { customerName, productName }: AboutProduct): Message {
  const { kind, seats, endsAt, withinDays } = facts;
  const what = words[kind] ?? 'licence';
  const left = withinDays === 1 ? 'a day' : `${withinDays} days`;
  if (withinDays === undefined)
    return compose(
      `${customerName}: its ${what} of ${productName} has ended`,
      `The ${what} of ${counted(seats, 'seat')} of ${productName} that ${customerName} had ended at ${endsAt}. Its seats count no more, and no further machine gets one of them.`,
    );
  return compose(
    `${customerName}: its ${what} of ${productName} ends within ${left}`,
    `The ${what} of ${counted(seats, 'seat')} of ${productName} that ${customerName} has ends at ${endsAt}.\n\n${kind === 'TRIAL' ? 'Buy a licence' : 'Renew it'} before, and every machine keeps its seat.`,
  );
}
