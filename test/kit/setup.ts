import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../../infra/local/engine.ts';
import { lend } from './lend.ts';
import { createTable } from './table.ts';

export const refusalLog = 'coverage/refusals.ndjson';

/** One real engine, one table and one secret for the whole run; each file works in tenants of its own. */
export default async function setup(): Promise<() => Promise<void>> {
  rmSync(refusalLog, { force: true });
  const kind = process.env.ENGINE === 'aws' ? 'aws' : undefined;
  const engine = await startEngine(kind ? { kind } : {});
  const secrets = createServer(async (request, response) => {
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return lend(request, response);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ ARN: 'arn:test', Name: 'cursor', SecretString: 'a secret of the tests' }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    TABLE_NAME: 'quartermaster',
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    TENANT_ROLE_ARN: 'arn:aws:iam::000000000000:role/tenant',
    PAGED_SESSIONS: 'true',
    CURSOR_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:cursor',
    AGENT_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:agents',
    STAGE: 'test',
    PUBLIC_URL: 'https://quartermaster.example',
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
  });
  await createTable(new DynamoDBClient({}), 'quartermaster');
  return async () => {
    secrets.close();
    await engine.stop();
  };
}
