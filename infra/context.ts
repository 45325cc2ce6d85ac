import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as Lambda,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../lib/aws/env.ts';
import type { Needs, Rhythm, TableAction } from '../lib/kit/context.ts';
import { platformId } from '../lib/kit/id.ts';
import { type PartitionKind, partition } from '../lib/kit/keys.ts';
import { listedKeys, ownKeys } from '../lib/kit/reach.ts';
import type { Alarms } from './alarms.ts';
import type { Anchors } from './anchors.ts';
import type { Bundles } from './bundle.ts';
import type { DirectoryAccess } from './directory.ts';
import type { Mail } from './mail.ts';
import { acknowledge } from './nag.ts';
import type { Store } from './table.ts';
import { actions, historyKept, leadBy, type Sessions, sealsKept, TenantRole } from './tenant-role.ts';

/** What a function of this stack may be given. */
export interface Resources {
  readonly bundles: Bundles;
  readonly store: Store;
  readonly mail: Mail;
  readonly cursorSecret: Secret;
  /** Makes the certificates of agents. */
  readonly agentSecret: Secret;
  /** Heartbeats of this stage, where they are not the usual ones. */
  readonly rhythm?: Rhythm | undefined;
  readonly alarms: Alarms;
  /** Where the audit is anchored. */
  readonly anchors: Anchors;
  readonly stage: string;
  readonly publicUrl: string;
  /** Absent: the provisioning engine keeps its objects in the table. */
  readonly directory?: DirectoryAccess | undefined;
}

export interface UnitProps {
  readonly resources: Resources;
  /** What a person suffers while it fails: a sentence. It becomes the alarms' text. */
  readonly impact: string;
  readonly needs?: Needs;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** Instances at most, and kept free for it. */
  readonly concurrency: number;
  readonly memoryMegabytes?: number;
}

/** The house's function: bundle, own role, own log group, alarms, and what it needs, nothing else. */
export class Unit extends Construct {
  readonly fn: Lambda;
  readonly timeoutSeconds: number;
  private readonly resources: Resources;
  private readonly role: Role;
  private readonly impact: string;

  constructor(scope: Construct, id: string, props: UnitProps) {
    super(scope, id);
    this.resources = props.resources;
    this.impact = props.impact;
    this.timeoutSeconds = props.timeoutSeconds;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${id} may do`,
    });
    this.fn = new Lambda(this, 'Function', {
      code: Code.fromAsset(props.resources.bundles.directory(id)),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMegabytes ?? 1024,
      timeout: Duration.seconds(props.timeoutSeconds),
      reservedConcurrentExecutions: props.concurrency,
      recursiveLoop: RecursiveLoop.TERMINATE,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role: this.role,
      ...this.network(props.needs),
    });
    this.environment({ STAGE: props.resources.stage, PUBLIC_URL: props.resources.publicUrl });
    logGroup.grantWrite(this.fn);
    acknowledge(this, 'function');
    if (props.needs) this.grant(props.needs);
    this.watch(id, props.impact);
  }

  /** Sets environment variables that `lib/aws/env.ts` knows. */
  environment(values: Partial<Record<EnvironmentName, string>>): void {
    for (const [name, value] of Object.entries(values)) this.fn.addEnvironment(name, value);
  }

  private keepTime(rhythm: Rhythm | undefined): void {
    if (!rhythm) return;
    this.environment({
      PROBE_INTERVAL_SECONDS: String(rhythm.intervalSeconds),
      PROBE_SILENCE_SECONDS: String(rhythm.silenceSeconds),
    });
  }

  /** Allows exact actions on exact resources. */
  allow(allowed: readonly string[], resources: readonly string[], conditions?: Record<string, object>): void {
    this.fn.addToRolePolicy(
      new PolicyStatement({
        actions: [...allowed],
        resources: [...resources],
        ...(conditions ? { conditions } : {}),
      }),
    );
  }

  private network({ directory }: Needs = { table: [] }) {
    const { directory: access } = this.resources;
    if (!access || directory !== 'reached') return {};
    const { vpc, subnets, securityGroup } = access;
    return { vpc, vpcSubnets: { subnets: [...subnets] }, securityGroups: [securityGroup] };
  }

  private grantDirectory(directory: NonNullable<Needs['directory']>): void {
    const { directory: access } = this.resources;
    if (!access) return;
    const { url, baseDn, secretName } = access.place;
    this.environment({ DIRECTORY_BASE_DN: baseDn });
    if (directory === 'named') return;
    this.environment({ DIRECTORY_URL: url, DIRECTORY_SECRET_ARN: secretName });
    this.allow(['secretsmanager:GetSecretValue'], [access.secretArn]);
    const interfaces = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DeleteNetworkInterface'];
    this.allow(
      interfaces.map((one) => `ec2:${one}`),
      ['*'],
    );
  }

  private grant({
    table,
    index,
    sessions,
    keeps,
    clears,
    mail,
    cursor,
    agents,
    rhythm,
    seals,
    anchors,
    directory,
  }: Needs): void {
    if (rhythm) this.keepTime(this.resources.rhythm);
    if (directory) this.grantDirectory(directory);
    if (agents) {
      const { secretArn } = this.resources.agentSecret;
      this.allow(['secretsmanager:GetSecretValue'], [secretArn]);
      this.environment({ AGENT_SECRET_ARN: secretArn });
    }
    if (sessions) this.grantSessions({ table, index: index === true, sessions });
    else if (table.length) this.grantTable(table, index === true, seals === true);
    if (keeps) this.grantPlatform(actions.put, keeps);
    if (clears) this.grantPlatform(actions.delete, clears);
    if (mail) this.grantMail();
    if (anchors) this.resources.anchors.grant(this);
    if (cursor) {
      const { secretArn } = this.resources.cursorSecret;
      this.allow(['secretsmanager:GetSecretValue'], [secretArn]);
      this.environment({ CURSOR_SECRET_ARN: secretArn });
    }
  }

  private grantTable(needed: readonly TableAction[], index: boolean, seals: boolean): void {
    const { store } = this.resources;
    this.allow(
      needed.map((action) => actions[action]),
      [store.table.tableArn],
    );
    if (index) this.allow([actions.query], store.indexArns);
    const keeps = needed.filter((action) => action === 'update' || action === 'delete');
    if (keeps.length) this.keepHistory(keeps.map((action) => actions[action]));
    if (needed.includes('put')) this.fn.addToRolePolicy(sealsKept(seals, store.table.tableArn));
    const writes = needed.some((action) => action === 'put' || action === 'update' || action === 'delete');
    store.grantKey(this.fn, writes);
    this.environment({ TABLE_NAME: store.table.tableName });
  }

  private grantPlatform(action: string, kind: PartitionKind): void {
    const { store } = this.resources;
    this.allow([action], [store.table.tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition(platformId, kind)] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    store.grantKey(this.fn, true);
  }

  /** Audit and ledger entries are append-only for every function, and what is to be anchored is forgotten by none but one. */
  private keepHistory(denied: readonly string[]): void {
    this.fn.addToRolePolicy(historyKept(denied, this.resources.store.table.tableArn));
  }

  private grantSessions(needs: Sessions): void {
    const { store } = this.resources;
    const { role } = new TenantRole(this, 'Tenant', { store, user: this.role, needs });
    const { page, alongside = [], lists } = needs.sessions;
    this.watchSessions();
    const gets = needs.table.filter((one) => one === 'get' || one === 'batchGet').map((one) => actions[one]);
    this.allow(gets, [store.table.tableArn], {
      ...leadBy([...ownKeys(alongside), ...listedKeys(lists)]),
    });
    if (lists) this.allow([actions.query], [store.table.tableArn], leadBy(listedKeys(lists)));
    this.allow(['sts:AssumeRole', 'sts:TagSession'], [role.roleArn]);
    store.grantKey(this.fn, false);
    this.environment({
      TABLE_NAME: store.table.tableName,
      TENANT_ROLE_ARN: role.roleArn,
      ...(page ? { PAGED_SESSIONS: 'true' } : {}),
    });
  }

  // Neither is an error of the function: it answers 503 or 500.
  private watchSessions(): void {
    const { alarms } = this.resources;
    const refused = new MetricFilter(this, 'Refused', {
      logGroup: this.fn.logGroup,
      metricNamespace: 'Quartermaster',
      metricName: `RefusedSessions-${this.node.path.replaceAll('/', '-')}`,
      filterPattern: FilterPattern.any(
        FilterPattern.stringValue('$.message', '=', 'no session'),
        FilterPattern.stringValue('$.error.name', '=', 'AccessDeniedException'),
        // As reactions tell it.
        FilterPattern.stringValue('$.error', '=', 'AccessDeniedException'),
      ),
    });
    alarms.add(this, 'RefusedAlarm', {
      metric: refused.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 3,
      impact: `${this.impact} Requests about some tenants fail, because the table refuses what is sent for them.`,
      runbook: 'refused-sessions',
    });
  }

  private grantMail(): void {
    const { sender, identity, configurationSet, configurationSetArn } = this.resources.mail;
    this.allow(['ses:SendEmail'], [identity.emailIdentityArn, configurationSetArn], {
      StringEquals: { 'ses:FromAddress': sender },
    });
    this.environment({
      MAIL_FROM: sender,
      MAIL_CONFIGURATION_SET: configurationSet.configurationSetName,
    });
  }

  private watch(id: string, impact: string): void {
    const { alarms } = this.resources;
    const period = Duration.minutes(5);
    alarms.add(this, 'ErrorsAlarm', {
      metric: this.fn.metricErrors({ period }),
      threshold: 1,
      impact: `${impact} ${id} fails.`,
      runbook: 'function-errors',
    });
    alarms.add(this, 'ThrottlesAlarm', {
      metric: this.fn.metricThrottles({ period }),
      threshold: 1,
      impact: `${impact} ${id} has no free instance.`,
      runbook: 'function-throttles',
    });
    alarms.graph(
      id,
      this.fn.metricInvocations(),
      this.fn.metricErrors(),
      this.fn.metricThrottles(),
      this.fn.metricDuration({ statistic: 'p99' }),
    );
  }
}
