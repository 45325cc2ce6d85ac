import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidCredentialsError } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFailure, Lasting } from '../../lib/aws/directory.ts';
import { type Msp, makeMsp } from '../kit/world.ts';
import { asked, deliverOnce, desiredOf, plantNode, requestIdOf, rootOf, showRequest } from './scene.ts';

let msp: Msp;
let secrets: Server;
let secret: string;
const { env } = process;
const named = [
  'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  'DIRECTORY_URL',
  'DIRECTORY_BASE_DN',
  'DIRECTORY_SECRET_ARN',
] as const;

beforeAll(async () => {
  msp = await makeMsp();
  secrets = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Name: 's', SecretString: secret }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const name of named) delete env[name];
  secrets.close();
});

/** What a request's log says while the directory's secret is this. */
async function said(text: string, code: string) {
  const node = await plantNode(rootOf(msp), code, 'C');
  secret = text;
  const here = `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`;
  const [cursor, ...values] = [
    env.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    here,
    'ldaps://127.0.0.1:9',
    'DC=x',
    code,
  ];
  named.forEach((name, index) => {
    env[name] = values[index];
  });
  const event = asked(node, 'provision', desiredOf(node));
  const { thrown } = await deliverOnce(msp, event).finally(() => {
    for (const name of named) delete env[name];
    if (cursor) env.AWS_ENDPOINT_URL_SECRETS_MANAGER = cursor;
  });
  expect(thrown).toBeDefined();
  const request = await showRequest(msp, node.id, requestIdOf(event));
  return request.steps[0].log[0].message;
}

describe('what a request says of a failure', () => {
  it('has nothing of a secret that cannot be read', async () => {
    expect(await said('hunter2-is-my-password', 'SECA')).toBe('Error: The directory’s secret is not JSON');
    expect(await said('{"user": "engine", "password": hunter2}', 'SECB')).not.toContain('hunter2');
    expect(await said('{"username": "engine", "pass": "hunter2"}', 'SECC')).toMatch(/names no user/);
    expect(await said('null', 'SECD')).toMatch(/names no user/);
  });

  it('names a directory that cannot be reached', async () => {
    const message = await said('{"user": "engine", "password": "hunter2"}', 'REFU');
    expect(message).toBe('The directory cannot be reached (ECONNREFUSED)');
  });

  it('has our own words and the directory’s results, and of anything else the name alone', () => {
    expect(describeFailure(new Lasting('No\n account'))).toBe('Error: No account');
    expect(describeFailure(new InvalidCredentialsError('80090308'))).toMatch(/80090308/);
    expect(describeFailure(new TypeError('hunter2 is not a function'))).toBe('unexpected TypeError');
    const odd = Object.assign(new Error('hunter2'), { name: 'hunter 2', code: 'hunter2' });
    expect(describeFailure(odd)).toBe('unexpected Error');
    expect(describeFailure(Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }))).toMatch(
      /certificate is not trusted/,
    );
  });
});
