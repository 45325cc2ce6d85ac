import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers AssumeRole where STS is asked over the network. */
export async function lend(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  response.setHeader('content-type', 'text/xml').end(lent(Buffer.concat(chunks).toString()));
}

/** The answer to AssumeRole: the session's token is its tags, so that whoever judges a call of the store can read them. */
export function lent(asked: string): string {
  const form = new URLSearchParams(asked);
  const tags: Record<string, string> = {};
  for (let index = 1; form.has(`Tags.member.${index}.Key`); index++)
    tags[form.get(`Tags.member.${index}.Key`) ?? ''] = form.get(`Tags.member.${index}.Value`) ?? '';
  const token = Buffer.from(JSON.stringify(tags)).toString('base64url');
  const ends = new Date(Date.now() + 3_600_000).toISOString();
  return `<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${ends}</Expiration></Credentials>`;
}
