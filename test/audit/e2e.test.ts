import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../infra/local/stack.ts';
import { anchor, type ExportLine } from '../../lib/audit/lines.ts';
import { type Heads, sealWrites } from '../../lib/audit/sealing.ts';
import { verify } from '../../lib/audit/verify.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { auditKey } from '../../lib/kit/keys.ts';
import {
  addCustomer,
  bringUp,
  type Desk,
  type Door,
  doorOf,
  listAll,
  openDesk,
  stageOf,
  until,
} from '../kit/stack.ts';
import { at, emptyChain, entryAt, exportOf, nodeIds, rootId, sealAt } from './chain.ts';

const dir = mkdtempSync(join(tmpdir(), 'audit-stack-'));
let stack: RunningStack;
let desk: Desk;
let engine: DynamoDBClient;
let table = '';
beforeAll(async () => {
  ({ stack } = await bringUp({ dir, hourSeconds: 5 }));
  desk = await openDesk(stageOf(stack));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  engine = new DynamoDBClient({ endpoint: stack.dynamoUrl, region: 'us-east-1', credentials });
  [table = ''] = stack.tableNames;
});
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const exported = (door: Door) => listAll<ExportLine>(door, '/v1/audit-export');

it('what is done is sealed and exported with its seals, with the grants of the template alone; what is overwritten is named', async () => {
  const customer = await addCustomer(desk, 'Sealed');
  const admin = await doorOf(stageOf(stack), customer.address);
  await stack.idle();
  for (const door of [desk.admin, admin]) {
    const verdict = verify(await exported(door));
    expect(verdict).toMatchObject({ faults: [], young: 0 });
    expect(verdict.entries).toBeGreaterThan(0);
  }
  const [last] = (await exported(admin)).filter((line) => line.kind === 'entry').slice(-1);
  const { id = '', actor } = last?.entry ?? {};
  const forged = {
    ...auditKey(customer.id, id),
    id,
    kind: 'audit',
    at: last?.entry.at,
    actor,
    action: 'x',
    subject: 'y',
  };
  await engine.send(new PutItemCommand({ TableName: table, Item: toAttributes(forged) }));
  expect(verify(await exported(admin)).faults).toEqual([
    { where: `${customer.id} entry ${id}`, what: expect.stringMatching(/^it was overwritten/) },
  ]);
  await until(() => /"AuditChanged":1/.test(logOf('AuditSealer')));
});

const logOf = (name: string) =>
  globSync(`logs/*${name}*.log`, { cwd: dir })
    .map((file) => readFileSync(join(dir, file), 'utf8'))
    .join('');

it('a day that is over is anchored by the clock, in a bucket that takes no object twice', async () => {
  const chain = emptyChain();
  const rows = nodeIds.map((id, nth) => entryAt(id, 10, nth));
  sealAt(chain, rows, 13);
  const [seal] = chain.seals;
  if (!seal) throw new Error('Nothing was sealed');
  const none: Heads['seal'] = undefined;
  const sealed = sealWrites({ seal, parts: chain.parts }, none).flatMap((one) =>
    'item' in one ? [one.item] : [],
  );
  for (const items of [sealed, rows]) {
    const requests = items.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    await engine.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
  const anchored = () => globSync(`objects/*/anchors/${rootId}/*.json`, { cwd: dir });
  await until(() => anchored().length > 0);
  await stack.idle();
  const anchors = anchored().map((file) => anchor.parse(JSON.parse(readFileSync(join(dir, file), 'utf8'))));
  expect(verify(exportOf(chain, at(60)), anchors)).toMatchObject({ faults: [], unanchored: 0 });
  // As after a crash between the two: the day is still noted, and its anchor is there.
  const [noted] = sealed.filter(({ kind }) => kind === 'anchorDue');
  const { PK = '', SK = '' } = (noted ?? {}) as { PK?: string; SK?: string };
  const Key = toAttributes({ PK, SK });
  await engine.send(new PutItemCommand({ TableName: table, Item: toAttributes(noted ?? {}) }));
  await until(async () => !(await engine.send(new GetItemCommand({ TableName: table, Key }))).Item);
  await stack.idle();
  expect(logOf('AuditSchedules')).not.toContain('another anchor is there');
  expect(stack.denials()).toEqual([]);
  const unused = stack.unusedGrants().filter((one) => /AuditSealer|AuditSchedules/.test(one.function));
  expect(unused.map(({ action }) => action).filter((one) => /^(dynamodb|s3):/.test(one))).toEqual([
    's3:PutObject',
    's3:ListBucket',
    // Of two indexes, one is asked.
    'dynamodb:Query',
  ]);
}, 120_000);
