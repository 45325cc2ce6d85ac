import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holder } from '../../lib/kit/agent.ts';
import { certify, isCanonical, readCertificate } from '../../lib/kit/certificate.ts';
import { isSigned, markOf, readProof, type Signed, signedText } from '../../lib/kit/proof.ts';

const secret = Buffer.alloc(32, 1);
const publicKey = Buffer.alloc(32, 2).toString('base64url');
const probe: Holder = {
  probeId: 'prb_1',
  customerId: 'cus_1',
  providerId: 'prv_1',
  generation: 3,
  publicKey,
};
const machine: Holder = { machineId: 'mch_1', customerId: 'cus_1', generation: 1, publicKey };

/** Every text that differs from one by a bit of its bytes, part by part. */
function* bent(text: string): Generator<string> {
  for (const [place, part] of text.split('.').entries()) {
    const bytes = Buffer.from(part, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      yield text.split('.').with(place, other.toString('base64url')).join('.');
    }
  }
}

describe('a certificate', () => {
  it.each([probe, machine])('says who it is of, to us alone: %o', (holder) => {
    const text = certify(holder, secret);
    expect(readCertificate(text, secret)).toEqual(holder);
    expect(text).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect(readCertificate(text, Buffer.alloc(32, 9))).toBeUndefined();
    for (const other of bent(text)) expect(readCertificate(other, secret)).toBeUndefined();
    for (const other of [
      '',
      '.',
      text.slice(0, -1),
      `${text}.`,
      `${text}=`,
      `${text} `,
      text.split('.')[0] ?? '',
    ])
      expect(readCertificate(other, secret)).toBeUndefined();
  });
  it('is of the bytes of our own secret: what another of our keys made is none', () => {
    const [claims = ''] = certify(probe, secret).split('.');
    const plain = createHash('sha256').update(claims).digest('base64url');
    expect(readCertificate(`${claims}.${plain}`, secret)).toBeUndefined();
  });
  it('has one spelling', () => {
    expect(['', 'AA', 'AQ', 'AB', 'AA==', 'A A', '-_', '+/'].map(isCanonical)).toEqual([
      ...[true, true, true, false, false, false, false, false],
    ]);
  });
});

describe('a proof', () => {
  const signature = 'A'.repeat(86);
  const host = 'h'.repeat(16);
  it('is a count and a signature of one form each, and a host', () => {
    expect(readProof(`7.${signature}`, host)).toEqual({ count: 7, signature: Buffer.alloc(64), host });
    expect(readProof(`0.${signature}`, host)?.count).toBe(0);
    expect(readProof(`9007199254740991.${signature}`, host)?.count).toBe(Number.MAX_SAFE_INTEGER);
    const bad = [
      ...[
        undefined,
        '',
        `7${signature}`,
        `7.`,
        `.${signature}`,
        `-1.${signature}`,
        `07.${signature}`,
        `1.5.${signature}`,
      ],
      ...[
        `9007199254740992.${signature}`,
        `10000000000000000.${signature}`,
        `7.${signature}A`,
        `7.${signature.slice(1)}`,
      ],
      ...[
        ` 7.${signature}`,
        `7.${signature} `,
        `7.${signature}\n`,
        `7.${'A'.repeat(85)}B`,
        `7.${'A'.repeat(85)}=`,
      ],
    ];
    for (const proof of bad) expect(readProof(proof, host), proof).toBeUndefined();
    for (const one of [
      undefined,
      '',
      'h'.repeat(15),
      'h'.repeat(65),
      `${host} `,
      `${host}\n`,
      ` ${host}`,
      'é'.repeat(16),
    ])
      expect(readProof(`7.${signature}`, one), one).toBeUndefined();
    expect(readProof(`7.${signature}`, 'h'.repeat(64))?.host).toHaveLength(64);
  });

  it('is of this method, path, count, body and host, by the holder of the key', () => {
    const pair = generateKeyPairSync('ed25519');
    const own = String(pair.publicKey.export({ format: 'jwk' }).x);
    const strange = String(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x);
    const what: Signed = { method: 'POST', path: '/v1/agent/x', count: 4, bodyHash: 'b'.repeat(64), host };
    const made = sign(null, signedText(what), pair.privateKey);
    expect(signedText(what).toString()).toBe(`POST\n/v1/agent/x\n4\n${'b'.repeat(64)}\n${host}`);
    expect(isSigned(what, made, own)).toBe(true);
    for (const [name, value] of Object.entries({
      method: 'GET',
      path: '/v1',
      count: 5,
      bodyHash: 'c',
      host: 'i',
    }))
      expect(isSigned({ ...what, [name]: value }, made, own), name).toBe(false);
    expect(isSigned(what, made, strange)).toBe(false);
    for (const key of ['', 'x', 'A'.repeat(43), `${own}A`]) expect(isSigned(what, made, key)).toBe(false);
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const other = Buffer.from(made);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isSigned(what, other, own)).toBe(false);
        expect(markOf(other)).not.toBe(markOf(made));
      }),
    );
    expect(markOf(made)).toBe(createHash('sha256').update(made).digest('base64url').slice(0, 16));
  });
});
