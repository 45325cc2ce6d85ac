import { randomBytes } from 'node:crypto';
import type { Need } from './iam.ts';
import type { LocalFunction } from './lambda.ts';

/** Who sends a call: a function by itself, or in a session of a role that it has taken on. */
export interface Sender {
  readonly caller: LocalFunction;
  /** Tags of the session, as policies see them. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Sessions by access key, as STS lends them. */
export interface Sessions {
  find(accessKeyId: string): Sender | undefined;
  /** What AssumeRole asks for: the rights that its caller needs for that, and the role's own consent. */
  needs(input: Readonly<Record<string, unknown>>): Need[];
  /** Answers AssumeRole. */
  lend(caller: LocalFunction, input: Readonly<Record<string, unknown>>): string;
  /** How many were lent. */
  lent(): number;
}

const lentSeconds = 3600;
const mostKept = 50_000;

export function openSessions(): Sessions {
  const all = new Map<string, Sender>();
  let count = 0;
  return {
    find: (accessKeyId) => all.get(accessKeyId),
    needs(input) {
      const tags = tagsOf(input);
      const context = {
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
        'aws:TagKeys': Object.keys(tags),
      };
      return ['sts:AssumeRole', 'sts:TagSession'].map((action) => ({
        ...{ action, resource: String(input.RoleArn), context },
      }));
    },
    lend(caller, input) {
      const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
      all.set(accessKeyId, { caller: { ...caller, roleArn: String(input.RoleArn) }, tags: tagsOf(input) });
      if (all.size > mostKept) all.delete(all.keys().next().value ?? '');
      count++;
      return answer(accessKeyId, Number(input.DurationSeconds ?? lentSeconds));
    },
    lent: () => count,
  };
}

function tagsOf(input: Readonly<Record<string, unknown>>): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let index = 1; input[`Tags.member.${index}.Key`] !== undefined; index++)
    tags[String(input[`Tags.member.${index}.Key`])] = String(input[`Tags.member.${index}.Value`]);
  return tags;
}

function answer(accessKeyId: string, seconds: number): string {
  const fields = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: 'local',
    SessionToken: 'local',
    Expiration: new Date(Date.now() + seconds * 1000).toISOString(),
  };
  const said = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${said.join('')}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}
