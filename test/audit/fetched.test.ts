import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { anchorOf, anchorPlace, anchorText } from '../../lib/audit/anchor.ts';
import type { StoredSeal } from '../../lib/audit/seal.ts';
import { at, emptyChain, entryAt, exportOf, nodeIds, reseal, rootId, sealAt } from './chain.ts';

const dir = mkdtempSync(join(tmpdir(), 'fetched-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Stands for the AWS CLI: answers from a file, and says no where that has no such bucket. */
const cli = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const [, , , operation, , bucket, ...more] = process.argv;
const { [bucket]: all } = JSON.parse(readFileSync('${join(dir, 'buckets.json')}', 'utf8'));
if (!all) { console.error('NoSuchBucket'); process.exit(254); }
const [, key, , version, file] = more;
if (operation === 'get-object') writeFileSync(file, all.texts[version]);
else console.log(JSON.stringify(all.listed));
`;

const place = anchorPlace(rootId, '2026-01-01');
const chain = emptyChain();
for (const minutes of [10, 20])
  sealAt(
    chain,
    nodeIds.map((id, n) => entryAt(id, minutes, n)),
    minutes + 3,
  );
const textOf = () => {
  const [first, ...more] = chain.seals as [StoredSeal, ...StoredSeal[]];
  return anchorText(anchorOf('2026-01-01', [first, ...more]));
};
const honest = textOf();

beforeEach(() => {
  rmSync(join(dir, 'kept'), { recursive: true, force: true });
  writeFileSync(join(dir, 'aws'), cli);
  chmodSync(join(dir, 'aws'), 0o755);
});

function check(bucket: string) {
  const args = ['infra/audit-verify.ts', join(dir, 'export.ndjson')];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...args, '--bucket', bucket, '--anchors', join(dir, 'kept')],
    { encoding: 'utf8', env: { PATH: `${dir}:${dirname(process.execPath)}` } },
  );
  return { status, said: stdout + stderr };
}

it('the oldest version of an anchor is fetched and believed, and a newer one is told', () => {
  const version = (VersionId: string, minutes: number) => ({
    Key: place,
    VersionId,
    LastModified: at(minutes),
  });
  const strange = { Key: '../../anchors/x/2026-01-01.json', VersionId: 'v0', LastModified: at(1) };
  const write = (Versions: object[], DeleteMarkers: object[] = []) =>
    writeFileSync(
      join(dir, 'buckets.json'),
      JSON.stringify({ ours: { listed: { Versions, DeleteMarkers }, texts: { v1: honest, v2: textOf() } } }),
    );
  const lines = () => exportOf(chain, at(60)).map((line) => JSON.stringify(line));
  writeFileSync(join(dir, 'export.ndjson'), lines().join('\n'));
  write([version('v1', 1500), strange]);
  expect(check('ours')).toEqual({ status: 0, said: expect.stringMatching(/1 anchors: 0 faults/) });

  const [part] = chain.parts;
  (part?.rows[0] as [string, string])[1] = 'forged';
  reseal(chain);
  writeFileSync(join(dir, 'export.ndjson'), lines().join('\n'));
  write([version('v2', 1600), version('v1', 1500)], [version('m', 1700)]);
  const { status, said } = check('ours');
  expect(status).toBe(1);
  expect(said).toContain(`${place}: it has 2 versions, and the oldest was taken: ask why`);
  expect(said).toContain(`${place}: it was hidden: ask why`);
  expect(said).toContain(
    `${rootId} seal 1: it was made anew: the ${rootId} anchor of 2026-01-01 holds another`,
  );
  expect(readFileSync(join(dir, 'kept', place), 'utf8')).toBe(honest);
});

it('what the AWS CLI says against it is told', () => {
  writeFileSync(
    join(dir, 'export.ndjson'),
    exportOf(chain, at(60))
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  writeFileSync(join(dir, 'buckets.json'), '{}');
  expect(check('nobodys')).toEqual({
    status: 1,
    said: expect.stringContaining('aws s3api list-object-versions failed: NoSuchBucket'),
  });
});
