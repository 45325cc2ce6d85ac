import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Credentials, signed, type Unsigned } from '../../lib/aws/sign.ts';

/** The same request, signed by AWS's own package. */
async function byAws(request: Unsigned, credentials: Credentials, at: number): Promise<string> {
  const { method, service, region, host, path, headers, body } = request;
  const options = { applyChecksum: false, uriEscapePath: false } as const;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, ...options });
  const { headers: made } = await signer.sign(
    { method, protocol: 'https:', hostname: host, path, headers: { ...headers, host }, body },
    { signingDate: new Date(at) },
  );
  return made.authorization ?? '';
}

const name = fc.stringMatching(/^x-[a-z]{1,12}$/);
const word = fc.stringMatching(/^[!-~]{1,40}$/);
const requests = fc.record({
  method: fc.constantFrom('POST' as const, 'PUT' as const),
  service: fc.constantFrom('dynamodb', 'secretsmanager', 'sts', 's3'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
  host: fc.constantFrom('dynamodb.eu-central-1.amazonaws.com', '127.0.0.1:8000'),
  path: fc.constantFrom('/', '/anchors/prv_01/2026-11-21.json'),
  headers: fc.dictionary(name, word),
  body: fc.string({ unit: 'binary', maxLength: 200 }),
});
const credentials = fc.record(
  { accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/), secretAccessKey: word, sessionToken: word },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });

it('a signature is the one that AWS’s own package makes', async () => {
  await fc.assert(
    fc.asyncProperty(requests, credentials, moment, async (request, by, at) => {
      expect(signed(request, by, at.getTime()).authorization).toBe(await byAws(request, by, at.getTime()));
    }),
    { numRuns: 200 },
  );
});

it('the key of a day, a region, a service and a secret serves no other', async () => {
  const request: Unsigned = {
    ...{ method: 'POST', service: 'dynamodb', region: 'eu-central-1', host: 'h', path: '/' },
    ...{ headers: {}, body: '{}' },
  };
  const by = { accessKeyId: 'AKIA', secretAccessKey: 'one' };
  const at = Date.parse('2026-11-21T23:59:59Z');
  const made = [
    signed(request, by, at),
    signed(request, by, at + 1000),
    signed({ ...request, region: 'eu-west-1' }, by, at),
    signed({ ...request, service: 'sts' }, by, at),
    signed(request, { ...by, secretAccessKey: 'two' }, at),
  ].map(({ authorization = '' }) => authorization.split('Signature=')[1]);
  expect(new Set(made).size).toBe(5);
  expect(signed(request, by, at).authorization).toBe(await byAws(request, by, at));
});
