import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { routes as documents } from '../functions/docs/routes.ts';
import type { Context } from '../lib/kit/context.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import { type Bundles, pascal } from './bundle.ts';
import { makeBus, Reaction, readersPerQueue } from './bus.ts';
import { type Resources, Unit } from './context.ts';
import { DirectoryAccess, type DirectoryPlace } from './directory.ts';
import { Identity } from './identity.ts';
import { Mail } from './mail.ts';
import { acknowledge } from './nag.ts';
import { Outbox } from './outbox.ts';
import { addSchedules } from './schedule.ts';
import { Store } from './table.ts';

/** One installation: a stage in a region. */
export interface Deployment {
  readonly stage: string;
  readonly region: string;
  /** The account of the caller's credentials when absent. */
  readonly account?: string;
  /** Own domain name of the API. */
  readonly domain?: string;
  /** Own OIDC issuer; a Cognito user pool when absent. */
  readonly issuer?: string;
  /** Address that mail comes from. */
  readonly sender: string;
  /** Active Directory that the provisioning engine works on; without it the engine keeps the same objects in the table. */
  readonly directory?: DirectoryPlace;
}

export interface ServiceProps {
  readonly deployment: Deployment;
  readonly bundles: Bundles;
  /** What is deployed and routed. */
  readonly contexts: readonly Context[];
}

/** Quartermaster in one region; nothing in it refers to another. */
export class Service extends Stack {
  private readonly resources: Resources;
  private readonly api: Api;
  private readonly bus: EventBus;
  private readonly identity: Identity;

  constructor(scope: Construct, { deployment, bundles, contexts }: ServiceProps) {
    const { stage, region, account, domain, issuer, sender, directory } = deployment;
    const id = `quartermaster-${stage}-${region}`;
    super(scope, id, {
      description: `Quartermaster, ${stage}`,
      env: { region, ...(account ? { account } : {}) },
      terminationProtection: true,
      tags: { service: 'quartermaster', stage },
    });
    const alarms = new Alarms(this, 'Alarms');
    this.api = new Api(this, 'Api', { alarms, domain });
    this.bus = makeBus(this, id);
    this.resources = {
      bundles,
      alarms,
      stage,
      publicUrl: this.api.url,
      store: new Store(this, 'Store', { alarms }),
      mail: new Mail(this, 'Mail', { sender, alarms }),
      cursorSecret: this.makeCursorSecret(),
      directory: directory && new DirectoryAccess(this, 'Directory', directory),
    };
    this.identity = new Identity(this, 'Identity', { resources: this.resources, issuer });
    new Outbox(this, 'Publishing', { resources: this.resources, bus: this.bus });
    for (const context of contexts) this.add(context);
    this.addDocuments();
    alarms.draw();
    this.describe();
  }

  private add(context: Context): void {
    const { name, impact, needs, routes, subscribers = [], reactionNeeds } = context;
    addSchedules(this, context, this.resources);
    const api = new Unit(this, `${pascal(name)}Api`, {
      resources: this.resources,
      impact,
      needs,
      description: `API of ${name}`,
      timeoutSeconds: 10,
      concurrency: 30,
    });
    this.api.serve(api.fn, routes, this.identity.authorizer);
    if (subscribers.length === 0) return;
    const unit = new Unit(this, `${pascal(name)}Reactions`, {
      resources: this.resources,
      impact: subscribers.map((subscriber) => subscriber.impact).join(' '),
      needs: reactionNeeds ?? { table: [] },
      description: `Reactions of ${name} to events`,
      timeoutSeconds: 60,
      concurrency: readersPerQueue * subscribers.length,
    });
    for (const subscriber of subscribers)
      new Reaction(this, pascal(`${name}-${subscriber.id}`), {
        subscriber,
        unit,
        bus: this.bus,
        alarms: this.resources.alarms,
      });
  }

  private addDocuments(): void {
    const unit = new Unit(this, 'Docs', {
      resources: this.resources,
      impact: 'Nobody can read the documentation of the API.',
      description: 'OpenAPI document and its page',
      timeoutSeconds: 10,
      concurrency: 10,
    });
    this.api.serve(unit.fn, documents, this.identity.authorizer);
  }

  private makeCursorSecret(): Secret {
    const secret = new Secret(this, 'CursorSecret', {
      description: 'Seals the cursors of lists',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(secret, 'cursorSecret');
    return secret;
  }

  private describe(): void {
    new CfnOutput(this, 'ApiUrl', { value: this.api.url });
    new CfnOutput(this, 'TableName', { value: this.resources.store.table.tableName });
    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
    new CfnOutput(this, 'PreTokenFunction', { value: this.identity.trigger.fn.functionName });
    new CfnOutput(this, 'AlarmTopic', { value: this.resources.alarms.topic.topicArn });
  }
}
