import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { AwsCall } from './aws-request.ts';
import type { Need } from './iam.ts';
import type { Stack } from './template.ts';

interface BucketProperties {
  readonly ObjectLockEnabled?: boolean;
}

interface RefusedObject {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The stack's buckets as folders: objects are put and read, and where Object Lock is on, never put again. */
export interface Buckets {
  /** Undefined when the object was taken. */
  put(
    input: Readonly<Record<string, unknown>>,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): RefusedObject | undefined;
  /** Undefined where there is none. */
  get(input: Readonly<Record<string, unknown>>): Buffer | undefined;
}

/** What putting an object needs, with the conditions that policies of buckets ask for. */
export function objectNeeds({ operation, input }: AwsCall, headers: IncomingHttpHeaders): Need[] {
  const once = headers['if-none-match'];
  return [
    {
      action: `s3:${operation}`,
      resource: `arn:aws:s3:::${input.Bucket}/${input.Key}`,
      context: {
        'aws:SecureTransport': 'true',
        's3:TlsVersion': '1.3',
        ...(typeof once === 'string' ? { 's3:if-none-match': once } : {}),
      },
    },
  ];
}

const refused = (status: number, code: string, message: string): RefusedObject => ({ status, code, message });

export function openBuckets(stack: Stack, folder: string): Buckets {
  const locked = new Map(
    stack
      .all<BucketProperties>('AWS::S3::Bucket')
      .map(({ id, properties }) => [
        stack.arnOf(id).split(':').at(-1),
        properties.ObjectLockEnabled === true,
      ]),
  );
  return {
    put({ Bucket, Key }, headers, body) {
      const [bucket, key] = [String(Bucket), String(Key)];
      const lock = locked.get(bucket);
      if (lock === undefined) return refused(404, 'NoSuchBucket', 'The specified bucket does not exist');
      if (!isPath(key))
        return refused(
          400,
          'InvalidArgument',
          'Locally, keys are paths of letters, digits, `.`, `-` and `_`',
        );
      const said = headers['x-amz-checksum-sha256'];
      if (lock && said === undefined)
        return refused(400, 'InvalidRequest', 'Content-MD5 or a checksum is required with Object Lock');
      if (said !== undefined && said !== createHash('sha256').update(body).digest('base64'))
        return refused(400, 'BadDigest', 'The checksum is not that of the body');
      const file = join(folder, bucket, key);
      if (existsSync(file) && (lock || headers['if-none-match'] === '*'))
        return refused(412, 'PreconditionFailed', 'The object is there, and stays');
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, body);
      return undefined;
    },
    get({ Bucket, Key }) {
      const [bucket, key] = [String(Bucket), String(Key)];
      const file = join(folder, bucket, key);
      return locked.has(bucket) && isPath(key) && existsSync(file) ? readFileSync(file) : undefined;
    },
  };
}

const isPath = (key: string) => /^[\w./-]+$/.test(key) && !key.includes('..');
