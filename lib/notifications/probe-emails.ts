import { type About, compose, type Message } from './emails.ts';

/** A mail about a probe says its name besides. */
export interface AboutProbe extends About {
  readonly probeName: string;
}

export interface OutageFacts {
  /** When it was heard last. */
  readonly downSince: string;
  /** Counts the probe's outages, from 1. */
  readonly outages: number;
}

export function probeDown({ downSince, outages }: OutageFacts, about: AboutProbe): Message {
  const { customerName, probeName } = about;
  return compose(
    `${customerName}: probe ${probeName} is down`,
    `Nothing has been heard of the probe ${probeName} of ${customerName} since ${downSince}.\n\nUntil it is heard again, what it watches is not counted anew. This is its outage number ${outages}; its end will be told.`,
  );
}

export function probeBack(facts: OutageFacts & { readonly backAt: string }, about: AboutProbe): Message {
  const { customerName, probeName } = about;
  const { downSince, backAt } = facts;
  return compose(
    `${customerName}: probe ${probeName} is back`,
    `The probe ${probeName} of ${customerName} was heard again at ${backAt}, after ${lasting(downSince, backAt)}.\n\nIt had been silent since ${downSince}.`,
  );
}

function lasting(from: string, to: string): string {
  const minutes = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).slice(0, 2);
  return told.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' and ');
}

const signs = {
  ANOTHER_HOST: 'The key pair of its agent was used on another machine. That call was refused.',
  COUNT_WENT_BACK:
    'Several calls carried counts that were used before, as from a copy of its agent. They were refused.',
  SUPERSEDED:
    'A key pair was used that had been replaced by another one. That call was refused; but if it was your agent that made it, a copy has taken its place.',
} as const;

export function probeCloned(
  { why }: { readonly why: keyof typeof signs },
  { customerName, probeName, at }: AboutProbe,
): Message {
  return compose(
    `${customerName}: somebody may have copied the key of probe ${probeName}`,
    `Something is wrong with the probe ${probeName} of ${customerName}, seen at ${at}.\n\n${signs[why]}\n\nIf the agent was moved, issue a new enrolment key and have it enrol anew. If not, revoke the probe: a copy of its key pair is out with it. If you know that it was your own agent on its own machine, approve the probe: that takes the flag back.`,
  );
}

export function enrolmentRefused(
  { refusals }: { readonly refusals: number },
  { customerName, probeName, at }: AboutProbe,
): Message {
  return compose(
    `${customerName}: the enrolment key of probe ${probeName} is void`,
    `${refusals} enrolments of the probe ${probeName} of ${customerName} were refused, the last at ${at}. Its enrolment key is void.\n\nIf nobody of yours has tried, somebody may be guessing. A new enrolment key lets its agent in.`,
  );
}

export function probeWaits(_: unknown, { customerName, probeName, at }: AboutProbe): Message {
  return compose(
    `${customerName}: probe ${probeName} waits for approval`,
    `An agent enrolled at ${at} as the probe ${probeName} of ${customerName}.\n\nIt is not let in before somebody approves it. If you do not expect it, reject it.`,
  );
}
