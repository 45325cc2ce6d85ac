import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A mail as SES was asked to send it. */
export interface ReceivedMail {
  readonly messageId: string;
  readonly source: string;
  readonly configurationSet: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Mailbox {
  readonly mails: ReceivedMail[];
  /** Calls of SendEmail, refused ones included. */
  readonly calls: () => number;
  /** Mails to one address. */
  readonly to: (address: string) => ReceivedMail[];
  /** Every further call answers this error; `undefined`: accepted again. */
  readonly refuse: (error: { status: number; code: string; message: string } | undefined) => void;
  readonly close: () => void;
}

export const throttled = { status: 400, code: 'Throttling', message: 'Maximum sending rate exceeded.' };
export const rejected = { status: 400, code: 'MessageRejected', message: 'Email address is not verified.' };
export const paused = { status: 400, code: 'AccountSendingPausedException', message: 'Sending is paused.' };

type Take = (form: URLSearchParams) => { status: number; body: string };

let taking: Take | undefined;
let accepted = 0;
let listening: Promise<string> | undefined;

// One address for as long as the process lives: the SDK's client is made once, files that share a process open one
// mailbox after another.
function address(): Promise<string> {
  listening ??= new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const { status, body } = taking?.(form) ?? { status: 503, body: '' };
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
  return listening;
}

/** A loopback server that speaks SES's query protocol and keeps what it was given; the SDK finds it by environment. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  let calls = 0;
  let refusal: { status: number; code: string; message: string } | undefined;
  taking = (form) => {
    calls++;
    if (refusal) {
      const { status, code, message } = refusal;
      return {
        status,
        body: `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      };
    }
    const mail = toMail(form, ++accepted);
    mails.push(mail);
    return {
      status: 200,
      body: `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>${mail.messageId}</MessageId></SendEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendEmailResponse>`,
    };
  };
  const environment = {
    AWS_ENDPOINT_URL_SES: await address(),
    MAIL_FROM: 'quartermaster@example.com',
    MAIL_CONFIGURATION_SET: 'alerts',
  };
  Object.assign(process.env, environment);
  return {
    mails,
    calls: () => calls,
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    refuse: (error) => {
      refusal = error;
    },
    close: () => {
      taking = undefined;
      for (const name of Object.keys(environment)) delete process.env[name];
    },
  };
}

function toMail(form: URLSearchParams, nth: number): ReceivedMail {
  const member = (prefix: string) => {
    const out: string[] = [];
    for (let n = 1; form.has(`${prefix}.member.${n}`); n++) out.push(form.get(`${prefix}.member.${n}`) ?? '');
    return out;
  };
  const tags: Record<string, string> = {};
  for (let n = 1; form.has(`Tags.member.${n}.Name`); n++) {
    tags[form.get(`Tags.member.${n}.Name`) ?? ''] = form.get(`Tags.member.${n}.Value`) ?? '';
  }
  return {
    messageId: `mail-${nth}-${process.pid}`,
    source: form.get('Source') ?? '',
    configurationSet: form.get('ConfigurationSetName') ?? '',
    to: member('Destination.ToAddresses'),
    subject: form.get('Message.Subject.Data') ?? '',
    text: form.get('Message.Body.Text.Data') ?? '',
    html: form.get('Message.Body.Html.Data') ?? '',
    tags,
  };
}
