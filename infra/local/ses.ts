import { randomUUID } from 'node:crypto';
import type { Bus } from './bus.ts';
import type { Need } from './iam.ts';
import type { Inbox } from './inbox.ts';
import { detailTypes, fateOf, toDetail } from './ses-events.ts';
import type { Store } from './store.ts';
import type { Stack } from './template.ts';

/** A mail as SES accepted it. */
export interface Mail {
  readonly messageId: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly configurationSet?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The form of the SES v1 query protocol. */
type Form = Record<string, unknown>;

export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Ses {
  /** Accepts a mail durably and returns its message id; throws `Refused`. */
  send(form: Form): string;
  mails(): Mail[];
}

interface EventDestination {
  readonly ConfigurationSetName: string;
  readonly EventDestination: {
    readonly Enabled?: boolean;
    readonly MatchingEventTypes: string[];
    readonly EventBridgeDestination?: unknown;
  };
}

/** The local SES: durable mails, the inbox page, delivery events of configuration sets, the mailbox simulator. */
export function openSes(parts: { stack: Stack; store: Store; inbox: Inbox; bus: Bus }): Ses {
  const { stack, store, inbox, bus } = parts;
  const destinations = stack.all<EventDestination>('AWS::SES::ConfigurationSetEventDestination');
  const known = new Set(
    stack.all<{ Name?: string }>('AWS::SES::ConfigurationSet').map((one) => nameOf(stack, one)),
  );
  const insert = store.database.prepare('INSERT INTO mails (mail) VALUES (?)');
  const select = store.database.prepare('SELECT mail FROM mails ORDER BY id');
  const mails = () => select.all().map((row) => JSON.parse(String(row.mail)) as Mail);
  for (const mail of mails()) inbox.show(mail);

  const announce = (mail: Mail, kind: 'Send' | 'Delivery' | 'Bounce' | 'Complaint') => {
    for (const { properties } of destinations) {
      const { Enabled, MatchingEventTypes, EventBridgeDestination } = properties.EventDestination;
      const wanted = MatchingEventTypes.some((one) => one.toLowerCase() === kind.toLowerCase());
      if (properties.ConfigurationSetName !== mail.configurationSet) continue;
      if (!EventBridgeDestination || Enabled === false || !wanted) continue;
      bus.put('default', {
        source: 'aws.ses',
        detailType: detailTypes[kind],
        detail: toDetail(mail, kind),
        resources: [],
      });
    }
  };

  return {
    mails,
    send(form) {
      const mail = readMail(form);
      if (mail.configurationSet !== undefined && !known.has(mail.configurationSet)) {
        throw new Refused(
          'ConfigurationSetDoesNotExist',
          `Configuration set <${mail.configurationSet}> does not exist.`,
        );
      }
      store.together(() => {
        insert.run(JSON.stringify(mail));
        announce(mail, 'Send');
        announce(mail, fateOf(mail.to[0] ?? ''));
      });
      inbox.show(mail);
      return mail.messageId;
    },
  };
}

/** What sending a mail needs: its identity and its configuration set. */
export function sesNeeds(form: Form, operation: string, stack: Stack): Need[] {
  const { place } = stack;
  const from = String(form.Source ?? '');
  const address = /<([^>]+)>/.exec(from)?.[1] ?? from;
  const arn = (rest: string) => `arn:aws:ses:${place.region}:${place.account}:${rest}`;
  const context = {
    'ses:FromAddress': address,
    'ses:FromDisplayName': from.includes('<') ? from.slice(0, from.indexOf('<')).trim() : '',
    'ses:Recipients': recipientsOf(form),
  };
  const need = (resource: string) => ({ action: `ses:${operation}`, resource, context });
  const set = form.ConfigurationSetName;
  const own = stack
    .all<{ EmailIdentity: string }>('AWS::SES::EmailIdentity')
    .map((one) => one.properties.EmailIdentity);
  const identity = own.includes(address) ? address : (address.split('@')[1] ?? '');
  return [need(arn(`identity/${identity}`)), ...(set ? [need(arn(`configuration-set/${set}`))] : [])];
}

function readMail(form: Form): Mail {
  const list = (prefix: string) =>
    Object.keys(form)
      .filter((name) => name.startsWith(prefix))
      .map((name) => String(form[name]));
  const text = (name: string) => (form[name] === undefined ? undefined : String(form[name]));
  const tags: Record<string, string> = {};
  for (let index = 1; form[`Tags.member.${index}.Name`] !== undefined; index++) {
    tags[String(form[`Tags.member.${index}.Name`])] = String(form[`Tags.member.${index}.Value`] ?? '');
  }
  const mail: Mail = {
    messageId: `0100${randomUUID()}-000000`,
    at: new Date().toISOString(),
    from: String(form.Source ?? ''),
    to: list('Destination.ToAddresses.member.'),
    cc: list('Destination.CcAddresses.member.'),
    bcc: list('Destination.BccAddresses.member.'),
    replyTo: list('ReplyToAddresses.member.'),
    subject: String(form['Message.Subject.Data'] ?? ''),
    text: text('Message.Body.Text.Data'),
    html: text('Message.Body.Html.Data'),
    configurationSet: text('ConfigurationSetName'),
    tags,
  };
  if (!mail.from.includes('@'))
    throw new Refused('InvalidParameterValue', 'Missing or illegal source address');
  const recipients = recipientsOf(form);
  if (recipients.length === 0 || recipients.length > 50) {
    throw new Refused('InvalidParameterValue', 'A mail has 1 to 50 recipients');
  }
  const illegal = [mail.subject, mail.from, ...recipients].find((one) => /[\r\n]/.test(one));
  if (illegal !== undefined) throw new Refused('InvalidParameterValue', 'A header must be one line');
  const odd = recipients.find((one) => !/^[^@]*[^@\s,]@[^@\s,<>]+>?$/.test(one));
  if (odd !== undefined) throw new Refused('InvalidParameterValue', `Illegal address`);
  if (form['Message.Subject.Data'] === undefined) throw new Refused('ValidationError', 'Subject is required');
  if (mail.text === undefined && mail.html === undefined)
    throw new Refused('ValidationError', 'A body is required');
  return mail;
}

function recipientsOf(form: Form): string[] {
  return Object.keys(form)
    .filter((name) => name.startsWith('Destination.'))
    .map((name) => String(form[name]));
}

function nameOf(stack: Stack, one: { id: string; properties: { Name?: string } }): string {
  return one.properties.Name ?? `${stack.place.stackName}-${one.id}`;
}
