import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, type Entry, InvalidCredentialsError } from 'ldapts';
import { type Samba, startSamba } from '../../infra/local/samba.ts';

/** A domain controller that the engine of this test file works on. */
export interface Domain {
  readonly samba: Samba;
  /** What the secret says from now on; under another name, because it is read once. */
  say(secret: string): void;
  /** Our containers, groups and users below a distinguished name, as the directory shows them to an administrator. */
  read(dn: string): Promise<Entry[]>;
  /** Whether somebody can log on. */
  signsIn(userPrincipalName: string, password: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts a controller and points the engine's environment at it. */
export async function openDomain(): Promise<Domain> {
  const samba = await startSamba();
  let secret = samba.secret;
  let said = 0;
  const secrets = createServer(async (request, response) => {
    let asked = '';
    for await (const part of request) asked += part;
    const cursor = !String(JSON.parse(asked).SecretId).startsWith(directorySecret);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Name: 's', SecretString: cursor ? 'a secret of the tests' : secret }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    DIRECTORY_URL: samba.url,
    DIRECTORY_BASE_DN: samba.baseDn,
    DIRECTORY_SECRET_ARN: directorySecret,
  });
  return {
    samba,
    say: (text) => {
      secret = text;
      process.env.DIRECTORY_SECRET_ARN = `${directorySecret}-${++said}`;
    },
    read: (dn) => read(samba, dn),
    signsIn: (user, password) => signsIn(samba, { user, password }),
    stop: () => stop(samba, secrets),
  };
}

const directorySecret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:directory';

function connect({ secret, url }: Samba): Client {
  const { authority, serverName } = JSON.parse(secret);
  return new Client({ url, tlsOptions: { ca: [authority], servername: serverName } });
}

async function signsIn(samba: Samba, who: { user: string; password: string }): Promise<boolean> {
  const client = connect(samba);
  try {
    await client.bind(who.user, who.password);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false;
    throw error;
  } finally {
    await client.unbind();
  }
}

async function read(samba: Samba, dn: string): Promise<Entry[]> {
  const client = connect(samba);
  await client.bind(samba.user, samba.password);
  const { searchEntries } = await client.search(dn, {
    scope: 'sub',
    filter: '(adminDescription=*)',
    paged: true,
  });
  await client.unbind();
  return searchEntries;
}

async function stop(samba: Samba, secrets: Server): Promise<void> {
  secrets.close();
  await samba.stop();
}
