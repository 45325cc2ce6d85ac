import { compose, type Message } from './emails.ts';

export interface RemovedFacts {
  readonly partnerName: string;
  readonly licences: 'return-to-pool' | 'customer-buys';
  readonly deadline: string | null;
  readonly removalId: string;
  readonly sha256: string;
}

/** To the customer's administrators: what it means that a partner is theirs no more. */
export function removedFrom({ partnerName, licences, deadline, removalId, sha256 }: RemovedFacts): Message {
  const runs =
    licences === 'customer-buys'
      ? `Licences that ${partnerName} provided run on until ${deadline}. Buy your own before that (POST /v1/subscriptions): after it no machine gets a new seat on them.`
      : `Licences that ${partnerName} provided have ended. Trials and what you bought run on. Where machines have no seat any more, buy licences of your own (POST /v1/subscriptions).`;
  return compose(
    `${partnerName} looks after your account no more`,
    `${partnerName} has removed your account from its customers. Your people go on signing in, and your data is where it was. Nobody of ${partnerName} can see it or enter your console any more; the probes of its monitoring are shut out, and so are installation packages that its people made.\n\n${runs}\n\nThe report is under GET /v1/removal-reports (${removalId}, SHA-256 ${sha256}).`,
  );
}

export interface ReleasedFacts {
  readonly customerName: string;
  /** Somebody above removed it. */
  readonly byOthers: boolean;
  readonly removalId: string;
  readonly sha256: string;
}

/** To whoever of the partner executed it, or whose customer it was. */
export function released({ customerName, byOthers, removalId, sha256 }: ReleasedFacts): Message {
  return compose(
    `${customerName} is removed`,
    `${byOthers ? `Your provider has removed ${customerName}: it` : customerName} is no customer of yours any more. Its probes are shut out, its licences are settled as planned, and its administrators are told.\n\nThe report stays with you: GET /v1/removal-plans/${removalId} (SHA-256 ${sha256}).`,
  );
}
