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

/** A loopback server that speaks SES's query protocol and keeps what it was given; the SDK finds it by environment. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  let calls = 0;
  let refusal: { status: number; code: string; message: string } | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls++;
      response.setHeader('content-type', 'text/xml');
      if (refusal) {
        response.statusCode = refusal.status;
        response.end(
          `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
        );
        return;
      }
      const mail = toMail(new URLSearchParams(Buffer.concat(chunks).toString('utf8')), mails.length + 1);
      mails.push(mail);
      response.end(
        `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>${mail.messageId}</MessageId></SendEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendEmailResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SES: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    MAIL_FROM: 'quartermaster@example.com',
    MAIL_CONFIGURATION_SET: 'alerts',
  });
  return {
    mails,
    calls: () => calls,
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    refuse: (error) => {
      refusal = error;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
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
