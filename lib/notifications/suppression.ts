import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { suppressionKey } from '../kit/keys.ts';
import { expectVersion, type Plan } from '../kit/plan.ts';
import { addressReleased } from './events.ts';

/** An address that gets no more notices of this customer. */
export const suppression = z.object({
  recipient: z.string(),
  recipientHash: z.string(),
  because: z.enum(['BOUNCED', 'COMPLAINED']),
  noticeId: z.string(),
  at: z.string(),
  version: z.number(),
});
export type Suppression = z.infer<typeof suppression>;

/** The hash of an address names it: the address itself stays out of paths and logs. */
export const suppressionId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the id of an address');

export const suppressionView = z.strictObject({
  ...suppression.omit({ recipientHash: true, version: true }).shape,
  id: z.string().describe('Names the address in this API'),
});

export function viewSuppression({ recipientHash, version: _version, ...rest }: Suppression) {
  return { id: recipientHash, ...rest };
}

/** Lets notices go to the address again: its owner has said that it works. */
export function release(tenantId: string, found: Suppression, ifMatch: string | undefined): Plan {
  expectVersion(ifMatch, found.version);
  const { recipientHash, version, because } = found;
  return {
    writes: [{ do: 'remove', key: suppressionKey(tenantId, recipientHash), version }],
    receipt: { action: 'addresses.release', subject: recipientHash, before: { because } },
    announcements: [announce(addressReleased, tenantId, { recipientHash })],
    reply: { status: 204 },
  };
}
