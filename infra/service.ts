import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { routes as documents } from '../functions/docs/routes.ts';
import type { Context, Rhythm } from '../lib/kit/context.ts';
import { Alarms } from './alarms.ts';
import { Anchors } from './anchors.ts';
import { Api } from './api.ts';
import type { Bundles } from './bundle.ts';
import { makeBus } from './bus.ts';
import { type Resources, Unit } from './context.ts';
import { ContextStack } from './context-stack.ts';
import { DirectoryAccess, type DirectoryPlace } from './directory.ts';
import { Identity } from './identity.ts';
import { Mail } from './mail.ts';
import { acknowledge } from './nag.ts';
import { Outbox } from './outbox.ts';
import { Reconciling } from './reconciling.ts';
import { Sealing } from './sealing.ts';
import { type RestoredTable, Store } from './table.ts';

/** One installation: a stage in a region. */
export interface Deployment {
  readonly stage: string;
  readonly region: string;
  /** The account of the caller's credentials when absent. */
  readonly account?: string;
  /** Own domain name of the API. */
  readonly domain?: string;
  /** Own domain name of the API that agents call. */
  readonly agentDomain?: string;
  /** Other heartbeats than one a minute, and another silence than three minutes. */
  readonly heartbeats?: Rhythm;
  /** Own OIDC issuer; a Cognito user pool when absent. */
  readonly issuer?: string;
  /** How long nobody can delete an anchor of the audit; 400 days when absent. */
  readonly anchorDays?: number;
  /** Address that mail comes from. */
  readonly sender: string;
  /** A table that was restored from a point in time, in place of the stack's own: docs/runbook.md. */
  readonly restoredTable?: RestoredTable;
  /** Active Directory that the provisioning engine works on; without it the engine keeps the same objects in the table. */
  readonly directory?: DirectoryPlace;
}

export interface ServiceProps {
  readonly deployment: Deployment;
  readonly bundles: Bundles;
  /** What is deployed and routed. */
  readonly contexts: readonly Context[];
}

const peopleApi = {
  title: 'Request',
  description: 'Quartermaster: control plane of managed service providers',
  throttle: { rateLimit: 200, burstLimit: 100 },
  impact: {
    failing: 'At least one request in a hundred fails on our side.',
    slow: 'One request in a hundred takes more than three seconds.',
  },
};

/** Ten thousand probes send 167 heartbeats a second. */
const agentApi = {
  title: 'Agent call',
  description: 'Quartermaster: what agents at the customers call',
  throttle: { rateLimit: 1000, burstLimit: 500 },
  impact: {
    failing: 'At least one call of agents in a hundred fails on our side: probes may seem to be down.',
    slow: 'One call of agents in a hundred takes more than three seconds.',
  },
};

/** Quartermaster in one region, one stack for whoever deploys it; nothing in it refers to another region. */
export class Service extends Stack {
  private readonly resources: Resources;
  private readonly api: Api;
  private readonly agentApi: Api;
  private readonly bus: EventBus;
  private readonly identity: Identity;

  constructor(scope: Construct, { deployment, bundles, contexts }: ServiceProps) {
    const { stage, region, account, issuer, sender, directory } = deployment;
    const id = `quartermaster-${stage}-${region}`;
    super(scope, id, {
      description: `Quartermaster, ${stage}`,
      env: { region, ...(account ? { account } : {}) },
      terminationProtection: true,
      tags: { service: 'quartermaster', stage },
    });
    const alarms = new Alarms(this, 'Alarms');
    this.api = new Api(this, 'Api', { ...peopleApi, alarms, domain: deployment.domain });
    this.agentApi = new Api(this, 'AgentApi', { ...agentApi, alarms, domain: deployment.agentDomain });
    this.bus = makeBus(this, id);
    this.resources = {
      bundles,
      alarms,
      stage,
      publicUrl: this.api.url,
      store: new Store(this, 'Store', { alarms, restored: deployment.restoredTable }),
      mail: new Mail(this, 'Mail', { sender, alarms }),
      anchors: new Anchors(this, 'Anchors', { days: deployment.anchorDays }),
      cursorSecret: this.makeCursorSecret(),
      agentSecret: this.makeAgentSecret(),
      rhythm: deployment.heartbeats,
      directory: directory && new DirectoryAccess(this, 'Directory', directory),
    };
    this.identity = new Identity(this, 'Identity', { resources: this.resources, issuer });
    const { failures } = new Outbox(this, 'Publishing', { resources: this.resources, bus: this.bus });
    new Reconciling(this, 'Reconciling', this.resources);
    new Sealing(this, 'Sealing', { resources: this.resources, failures });
    for (const context of contexts) this.add(context);
    this.addDocuments();
    alarms.draw();
    this.describe();
  }

  private add(context: Context): void {
    const { resources, api, agentApi, bus } = this;
    new ContextStack(this, {
      ...{ context, resources, api, agentApi, bus },
      authorizer: this.identity.authorizer,
    });
  }

  private addDocuments(): void {
    const unit = new Unit(this, 'Docs', {
      resources: this.resources,
      impact: 'Nobody can read the documentation of the API.',
      description: 'OpenAPI document and its page',
      timeoutSeconds: 10,
      concurrency: 5,
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

  private makeAgentSecret(): Secret {
    const secret = new Secret(this, 'AgentSecret', {
      description: 'Makes the certificates of agents',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, 'agentSecret');
    return secret;
  }

  private describe(): void {
    new CfnOutput(this, 'ApiUrl', { value: this.api.url });
    new CfnOutput(this, 'AgentUrl', { value: this.agentApi.url });
    new CfnOutput(this, 'TableName', { value: this.resources.store.table.tableName });
    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
    new CfnOutput(this, 'PreTokenFunction', { value: this.identity.trigger.fn.functionName });
    new CfnOutput(this, 'AnchorBucket', { value: this.resources.anchors.bucket.bucketName });
    new CfnOutput(this, 'AlarmTopic', { value: this.resources.alarms.topic.topicArn });
  }
}
