import { createHash } from 'node:crypto';
import { prefixes } from '../kit/id.ts';
import type { ResourceType } from './resource.ts';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ofProbe = 10;
const ofItem = 16;

// The lower five bits of each byte of a digest: every character is as likely as any other.
function characters(count: number, ...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, count);
  return Array.from(bytes, (byte) => digits[byte % 32]).join('');
}

/** What the ids of all items that a probe reports begin with: they are listed without an index. */
export const reportedPrefix = (probeId: string): string =>
  `${prefixes.item}_${characters(ofProbe, 'probe', probeId)}`;

/** The id of an item that a probe reports: the same however often it is reported. */
export const reportedId = (probeId: string, of: { type: ResourceType; externalId: string }): string =>
  `${reportedPrefix(probeId)}${characters(ofItem, 'item', probeId, of.type, of.externalId)}`;
