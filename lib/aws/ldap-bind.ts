import { Client } from 'ldapts';
import { env } from './env.ts';
import { Lasting, Passing } from './ldap-error.ts';
import { secretText } from './secrets.ts';

const times = { connectTimeout: 3000, timeout: 8000 };

/** What the secret of the directory holds, as JSON. */
interface Secret {
  /** Distinguished or user principal name to bind with. */
  readonly user: string;
  readonly password: string;
  /** PEM of the authority that signed the directory's certificate, where it is not a public one. */
  readonly authority?: string;
  /** Name in that certificate, where it is not the host of the URL. */
  readonly serverName?: string;
}

const secrets = new Map<string, Promise<Secret>>();

/** The secret, read once per process and again after it did not do. */
function secretOf(id: string): Promise<Secret> {
  const known = secrets.get(id) ?? secretText(id).then(parse);
  secrets.set(id, known);
  return known;
}

// What a parser says of a text has parts of it.
function parse(text: string): Secret {
  let found: Partial<Secret> | null;
  try {
    found = JSON.parse(text) as Partial<Secret> | null;
  } catch {
    throw new Lasting('The directory’s secret is not JSON');
  }
  const { user, password } = found ?? {};
  if (typeof user !== 'string' || typeof password !== 'string') {
    throw new Lasting('The directory’s secret names no user with a password');
  }
  return { ...found, user, password };
}

/** A connection that has signed in; encrypted before anything is said. */
export async function bind(): Promise<Client> {
  const id = env('DIRECTORY_SECRET_ARN');
  try {
    return await bindAs(await secretOf(id), env('DIRECTORY_URL'));
  } catch (error) {
    secrets.delete(id); // it may have been changed since it was read
    throw error;
  }
}

/** The certificate is always verified: against the secret's authority, else those that the process trusts. */
async function bindAs({ user, password, authority, serverName }: Secret, url: string): Promise<Client> {
  const tlsOptions = {
    minVersion: 'TLSv1.2' as const,
    host: new URL(url).hostname.replace(/^\[|\]$/g, ''),
    ...(authority ? { ca: [authority] } : {}),
    ...(serverName ? { servername: serverName } : {}),
  };
  const secure = url.startsWith('ldaps:');
  const client = new Client({ url, ...times, ...(secure ? { tlsOptions } : {}) });
  try {
    if (!secure) await within(times.timeout, client.startTLS(tlsOptions));
    await client.bind(user, password);
    return client;
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw error;
  }
}

// A server that goes silent amid the handshake would be waited for without end.
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Passing('The directory did not answer StartTLS in time')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
