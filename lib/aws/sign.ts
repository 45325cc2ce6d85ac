import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** What signs a request: Lambda's, or those that a session was lent. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request to an endpoint of AWS, before it is signed. */
export interface Unsigned {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As in the scope of a signature: `dynamodb`. */
  readonly service: string;
  readonly region: string;
  /** With the port, where it is not the usual one. */
  readonly host: string;
  /** Encoded, without a query. */
  readonly path: string;
  /** By names in lower case, in values without white space at their ends; all are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const sha256 = (text: string) => hash('sha256', text, 'hex');
const mac = (key: string | KeyObject, text: string) => createHmac('sha256', key).update(text);

/**
 * Headers of a request with its signature, of a moment (ms since 1970). Our own, for what signs in packages takes more of
 * the processor's time than the rest of a call. Source: AWS IAM User Guide, Signature Version 4.
 */
export function signed(
  { method, service, region, host, path, headers, body }: Unsigned,
  credentials: Credentials,
  at: number,
): Record<string, string> {
  const { accessKeyId, sessionToken } = credentials;
  const moment = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const sent: Record<string, string> = { ...headers, host, 'x-amz-date': moment };
  if (sessionToken) sent['x-amz-security-token'] = sessionToken;
  const names = Object.keys(sent).sort();
  const signedNames = names.join(';');
  const canonical = names.map((name) => `${name}:${sent[name]}\n`).join('');
  const scope = `${moment.slice(0, 8)}/${region}/${service}/aws4_request`;
  const asked = sha256(`${method}\n${path}\n\n${canonical}\n${signedNames}\n${sha256(body)}`);
  const signature = mac(keyOf(credentials, scope), `${algorithm}\n${moment}\n${scope}\n${asked}`).digest(
    'hex',
  );
  sent.authorization = `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
  return sent;
}

const keys = new Map<string, KeyObject>();
const mostKeys = 2000;

function keyOf({ secretAccessKey }: Credentials, scope: string): KeyObject {
  const name = `${secretAccessKey} ${scope}`;
  const known = keys.get(name);
  if (known) return known;
  const [date = '', ...rest] = scope.split('/');
  const made = rest.reduce(
    (key, part) => createSecretKey(mac(key, part).digest()),
    createSecretKey(mac(`AWS4${secretAccessKey}`, date).digest()),
  );
  if (keys.size === mostKeys) keys.clear();
  keys.set(name, made);
  return made;
}
