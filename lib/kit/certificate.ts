import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Holder } from './agent.ts';

/** A raw Ed25519 public key: 32 bytes, base64url. */
export const publicKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'must be a raw Ed25519 public key, base64url');

const claims = z.union([
  z.strictObject({
    probe: z.string(),
    customer: z.string(),
    provider: z.string(),
    generation: z.number(),
    key: publicKey,
  }),
  z.strictObject({ machine: z.string(), customer: z.string(), generation: z.number(), key: publicKey }),
]);

/** What tells an agent's calls apart, in a text that only we can make: `base64url(claims).base64url(mac)`. No secret. */
export function certify(of: Holder, secret: Buffer): string {
  const { customerId: customer, generation, publicKey: key } = of;
  const said: z.infer<typeof claims> =
    'probeId' in of
      ? { probe: of.probeId, customer, provider: of.providerId, generation, key }
      : { machine: of.machineId, customer, generation, key };
  const text = Buffer.from(JSON.stringify(said)).toString('base64url');
  return `${text}.${mac(text, secret).toString('base64url')}`;
}

/** Who a certificate speaks of; undefined where we did not make it. */
export function readCertificate(certificate: string, secret: Buffer): Holder | undefined {
  const [text = '', sealed = '', ...rest] = certificate.split('.');
  const said = Buffer.from(sealed, 'base64url');
  const own = mac(text, secret);
  if (rest.length > 0 || said.length !== own.length || !timingSafeEqual(said, own)) return undefined;
  if (!isCanonical(sealed)) return undefined;
  const of = claims.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  const { customer: customerId, generation, key: publicKey } = of;
  const held = { customerId, generation, publicKey };
  return 'probe' in of
    ? { probeId: of.probe, providerId: of.provider, ...held }
    : { machineId: of.machine, ...held };
}

/** True where a text is the one way to write its bytes in base64url. */
export function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

const mac = (text: string, secret: Buffer) =>
  createHmac('sha256', secret).update(`quartermaster agent certificate\n${text}`).digest();
