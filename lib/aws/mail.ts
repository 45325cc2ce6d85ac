import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { env } from './env.ts';

/** One mail to one address. `tags` (letters, digits, `_`, `-`) come back in bounce and complaint events. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What SES said: accepted under an id, or refused for good. What may pass by itself is thrown, to be tried again. */
export type Sending = { readonly messageId: string } | { readonly refused: string };

let shared: SESClient | undefined;

// A paused account is an operator's decision: recorded as failed and sent again with `resend`, not hammered.
const final = new Set([
  'MessageRejected',
  'InvalidParameterValue',
  'MailFromDomainNotVerifiedException',
  'AccountSendingPausedException',
  'ConfigurationSetSendingPausedException',
]);

/** Sends through SES with our configuration set. Subject and address must be single lines: throws a TypeError otherwise. */
export async function send(mail: Mail): Promise<Sending> {
  for (const value of [mail.to, mail.subject]) {
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) throw new TypeError('A mail header must be one line');
  }
  shared ??= new SESClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 4000, throwOnRequestTimeout: true },
  });
  try {
    const { MessageId } = await shared.send(
      new SendEmailCommand({
        Source: env('MAIL_FROM'),
        ConfigurationSetName: env('MAIL_CONFIGURATION_SET'),
        Destination: { ToAddresses: [mail.to] },
        Message: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: { Text: { Data: mail.text, Charset: 'UTF-8' }, Html: { Data: mail.html, Charset: 'UTF-8' } },
        },
        Tags: Object.entries(mail.tags).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    return { messageId: MessageId ?? '' };
  } catch (error) {
    const { name } = error as Error;
    if (final.has(name)) return { refused: name };
    throw error;
  }
}
