import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Anchor, anchor } from '../lib/audit/lines.ts';

/** The anchors in a folder, as they came from the bucket. @throws Error where there is none, or a file that is none. */
export function readAnchors(folder: string): Anchor[] {
  const names = globSync('**/*.json', { cwd: folder });
  if (names.length === 0) throw new Error(`There is no anchor in ${folder}`);
  return names.map((name) => {
    try {
      return anchor.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    } catch (error) {
      throw new Error(`${join(folder, name)} is no anchor: ${(error as Error).message}`);
    }
  });
}

interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly LastModified: string;
}
interface Versions {
  readonly Versions?: readonly Version[];
  readonly DeleteMarkers?: readonly Version[];
}

const ourKeys = /^anchors\/\w+\/\d{4}-\d\d-\d\d\.json$/;

/**
 * Fetches the anchors of some roots into a folder by the AWS CLI: of each its oldest version, which the lock protects.
 * Answers what was put or hidden above one: nobody of us does.
 */
export function fetchAnchors(bucket: string, rootIds: readonly string[], folder: string): string[] {
  return rootIds.flatMap((rootId) => {
    const listed = aws('list-object-versions', bucket, [
      '--prefix',
      `anchors/${rootId}/`,
      '--output',
      'json',
    ]);
    const { Versions = [], DeleteMarkers = [] } = JSON.parse(listed || '{}') as Versions;
    const byKey = Map.groupBy(
      Versions.filter(({ Key }) => ourKeys.test(Key)),
      ({ Key }) => Key,
    );
    const strange: string[] = [];
    for (const [key, all] of byKey) {
      fetchOldest(bucket, all, join(folder, key));
      if (all.length > 1)
        strange.push(`${key}: it has ${all.length} versions, and the oldest was taken: ask why`);
      if (DeleteMarkers.some(({ Key }) => Key === key)) strange.push(`${key}: it was hidden: ask why`);
    }
    return strange;
  });
}

function fetchOldest(bucket: string, all: readonly Version[], file: string): void {
  // Versions are listed newest first.
  const [{ Key, VersionId }] = all
    .toReversed()
    .toSorted((one, other) => Date.parse(one.LastModified) - Date.parse(other.LastModified)) as [Version];
  mkdirSync(dirname(file), { recursive: true });
  aws('get-object', bucket, ['--key', Key, '--version-id', VersionId, file]);
}

function aws(operation: string, bucket: string, more: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(
    'aws',
    ['s3api', operation, '--bucket', bucket, ...more],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (error) throw new Error(`The AWS CLI could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`aws s3api ${operation} failed: ${stderr.trim()}`);
  return stdout;
}
