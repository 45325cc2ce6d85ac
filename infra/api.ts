import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../lib/kit/route.ts';
import { accessLog } from './access-log.ts';
import type { Alarms } from './alarms.ts';
import { scope as apiScope } from './identity.ts';
import { acknowledge } from './nag.ts';

/** What the gateway needs to know of an endpoint. */
export type Endpoint = Pick<Route, 'id' | 'method' | 'path'> & { readonly permission: string };

export interface ApiProps {
  readonly alarms: Alarms;
  readonly description: string;
  /** Requests a second and burst of the stage. */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
  /** What the failure of a request in a hundred, and its slowness, mean to people; titles of its graphs. */
  readonly impact: { readonly failing: string; readonly slow: string };
  readonly title: string;
  /** Own domain name; the certificate waits for its DNS record. */
  readonly domain?: string | undefined;
}

/** Operations that cost more than they look: requests a second and burst. */
const throttles: Record<string, { rate: number; burst: number }> = {
  importDirectory: { rate: 2, burst: 5 },
  importCatalogue: { rate: 2, burst: 5 },
  // Anybody may call it: so much that nobody without a key closes it for those who have one.
  enrolAgent: { rate: 300, burst: 300 },
  enrolMachine: { rate: 300, burst: 300 },
  showImport: { rate: 50, burst: 50 },
  answerImportPage: { rate: 20, burst: 20 },
};

/** A route of the gateway: of one record, or of all records of a path. */
interface Door {
  readonly path: string;
  readonly method: Endpoint['method'] | 'ANY';
  readonly open: boolean;
  readonly limit: { readonly rate: number; readonly burst: number } | undefined;
}

/**
 * Records of one path that need a token and have no limit of their own share a route: an API has room for 300. The
 * function answers a method that no record has as it answers an unknown path.
 */
function doorsOf(endpoints: readonly Endpoint[], guarded: boolean): Door[] {
  const doors = endpoints.map(({ id, method, path, permission }): Door => {
    const open = permission === 'public' || !guarded;
    return { path, method, open, limit: throttles[id] };
  });
  const shared = doors.filter(({ open, limit }) => !open && limit === undefined);
  const paths = Map.groupBy(shared, ({ path }) => path);
  const single = doors.filter((one) => !shared.includes(one) || paths.get(one.path)?.length === 1);
  const joint = [...paths].filter(([, some]) => some.length > 1);
  return [
    ...single,
    ...joint.map(([path]): Door => ({ path, method: 'ANY', open: false, limit: undefined })),
  ];
}

/** An HTTP API: a route for each record or path, a scope on each that is not public. */
export class Api extends Construct {
  readonly http: HttpApi;
  readonly url: string;
  private readonly stage: HttpStage;
  private readonly settings: Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }> =
    {};

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { domain } = props;
    this.http = new HttpApi(this, 'Http', {
      description: props.description,
      createDefaultStage: false,
      disableExecuteApiEndpoint: domain !== undefined,
    });
    this.url = domain ? `https://${domain}` : this.http.apiEndpoint;
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.http,
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: props.throttle,
      accessLogSettings: accessLog(logGroup),
      ...(domain ? { domainMapping: { domainName: this.ownDomain(domain) } } : {}),
    });
    this.watch(props);
  }

  /**
   * Routes endpoints to a function; the routes stand in the function's stack. The stage opens when all are there.
   * Without an authorizer the function itself proves who calls.
   */
  serve(fn: Lambda, endpoints: readonly Endpoint[], authorizer?: IHttpRouteAuthorizer): void {
    const unit = fn.node.scope?.node.id;
    const integration = new HttpLambdaIntegration(`${unit}Integration`, fn, {
      scopePermissionToRoute: false,
    });
    const routes = new Construct(Stack.of(fn), `${unit}Routes`);
    for (const { method, path, open, limit } of doorsOf(endpoints, authorizer !== undefined)) {
      const route = new HttpRoute(routes, `${method} ${path}`, {
        httpApi: this.http,
        routeKey: HttpRouteKey.with(path, HttpMethod[method]),
        integration,
        ...(open || !authorizer
          ? { authorizer: new HttpNoneAuthorizer() }
          : { authorizer, authorizationScopes: [apiScope] }),
      });
      if (open) acknowledge(route, authorizer ? 'publicRoute' : 'agentRoute');
      this.limit(`${method} ${path}`, limit);
    }
    // A limit of a route that does not exist yet fails the deployment.
    this.stage.node.addDependency(routes);
  }

  private limit(routeKey: string, limit: { rate: number; burst: number } | undefined): void {
    if (!limit) return;
    this.settings[routeKey] = { ThrottlingRateLimit: limit.rate, ThrottlingBurstLimit: limit.burst };
    (this.stage.node.defaultChild as CfnStage).routeSettings = this.settings;
  }

  private ownDomain(domainName: string): DomainName {
    const certificate = new Certificate(this, 'Certificate', {
      domainName,
      validation: CertificateValidation.fromDns(),
    });
    return new DomainName(this, 'Domain', {
      domainName,
      certificate,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
  }

  private watch({ alarms, impact, title }: ApiProps): void {
    const period = Duration.minutes(5);
    alarms.add(this, 'ErrorsAlarm', {
      metric: this.stage.metricServerError({ statistic: 'Average', period }),
      threshold: 0.01,
      impact: impact.failing,
      runbook: 'api-errors',
    });
    alarms.add(this, 'LatencyAlarm', {
      metric: this.stage.metricLatency({ statistic: 'p99', period }),
      threshold: 3000,
      periods: 3,
      impact: impact.slow,
      runbook: 'slow-api',
    });
    alarms.graph(
      `${title}s`,
      this.stage.metricCount(),
      this.stage.metricClientError(),
      this.stage.metricServerError(),
    );
    alarms.graph(
      `Latency of ${title.toLowerCase()}s`,
      this.stage.metricLatency({ statistic: 'p50' }),
      this.stage.metricLatency({ statistic: 'p99' }),
    );
  }
}
