import { describe, expect, it } from 'vitest';
import { pageRoutes } from '../../functions/access/page-routes.ts';
import { contexts } from '../../functions/contexts.ts';
import { routes as documents } from '../../functions/docs/routes.ts';
import { pascal } from '../../infra/bundle.ts';
import { ofType, target, wired } from '../kit/synth.ts';
import { sample } from './sample.ts';

const template = wired([...contexts, sample]);
const [people, agents] = ofType(template, 'AWS::ApiGatewayV2::Api').map(([id]) => id);
const routesOf = (api = '') =>
  ofType(template, 'AWS::ApiGatewayV2::Route')
    .map(([, { Properties }]) => Properties)
    .filter(({ ApiId }) => target(ApiId) === api);
const routes = routesOf(people);

/** Every address that answers without a token. Adding one is a decision, so it is listed by hand. */
const publicRoutes = [
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/reference.js',
  'GET /docs/reference.css',
  'GET /docs/problems',
  'GET /v1/open-samples',
  'GET /import/confirm',
  'POST /import/confirm',
];

const agentFunctions = contexts.flatMap(({ agent }) => (agent ? [agent, ...(agent.apart ?? [])] : [])).length;
const pageFunctions = contexts.filter(({ pages }) => pages).length;

describe('routes', () => {
  it('are those of the records, no more and no less', () => {
    const records = [...contexts, sample].flatMap((context) => context.routes);
    const expected = [...records, ...documents, ...pageRoutes].map(({ method, path }) => `${method} ${path}`);
    const paths = routes.flatMap(({ RouteKey }) => {
      const [method = '', path = ''] = RouteKey.split(' ');
      return method === 'ANY' ? expected.filter((one) => one.endsWith(` ${path}`)) : [RouteKey];
    });
    expect(paths.sort()).toEqual(expected.sort());
  });

  it('ask for a token and our scope, except for the public list', () => {
    for (const { RouteKey, AuthorizationType, AuthorizationScopes, AuthorizerId } of routes) {
      if (publicRoutes.includes(RouteKey)) continue;
      expect(AuthorizationType, RouteKey).toBe('JWT');
      expect(AuthorizationScopes, RouteKey).toEqual(['quartermaster/api']);
      expect(AuthorizerId, RouteKey).toBeDefined();
    }
    const open = routes
      .filter(({ AuthorizationType }) => AuthorizationType !== 'JWT')
      .map(({ RouteKey }) => RouteKey);
    expect(open.sort()).toEqual([...publicRoutes].sort());
  });

  it('stay below the quota of 300', () => {
    expect(routes.length).toBeLessThanOrEqual(300);
  });

  it('share one invoke permission per function', () => {
    const permissions = ofType(template, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com',
    );
    expect(permissions).toHaveLength(contexts.length + 2 + agentFunctions + pageFunctions);
  });
});

describe('the API of agents', () => {
  const own = routesOf(agents);

  it('has the routes of agents, and they have no other door', () => {
    const expected = contexts.flatMap(({ agent }) => agent?.routes ?? []);
    expect(own.map(({ RouteKey }) => RouteKey).sort()).toEqual(
      expected.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(routes.filter(({ RouteKey }) => /\/v1\/(?:agent|machine)\//.test(RouteKey))).toEqual([]);
  });

  it('leaves proof to its functions alone', () => {
    for (const { AuthorizationType } of own) expect(AuthorizationType).toBe('NONE');
  });

  it('keeps the instances that heartbeats need from reports of many things', () => {
    const functionOf = (routeKey: string) =>
      JSON.stringify(own.find(({ RouteKey }) => RouteKey === routeKey)?.Target);
    const reports = functionOf('POST /v1/agent/inventory');
    const others = own
      .map(({ RouteKey }) => RouteKey)
      .filter((key) => key.includes('/v1/agent/') && key !== 'POST /v1/agent/inventory');
    expect(new Set(others.map(functionOf)).size).toBe(1);
    expect(functionOf('POST /v1/machine/heartbeat')).not.toBe(functionOf('POST /v1/agent/heartbeat'));
    expect(others.map(functionOf)).not.toContain(reports);
  });

  it('has throttles of its own; enrolment leaves two thirds to those who are enrolled, and nobody closes it with a few calls', () => {
    const stage = ofType(template, 'AWS::ApiGatewayV2::Stage').find(
      ([, { Properties }]) => target(Properties.ApiId) === agents,
    )?.[1];
    expect(stage?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingBurstLimit: 500,
      ThrottlingRateLimit: 1000,
    });
    expect(stage?.Properties.RouteSettings).toEqual({
      'POST /v1/agent/enrol': { ThrottlingRateLimit: 300, ThrottlingBurstLimit: 300 },
      'POST /v1/machine/enrol': { ThrottlingRateLimit: 300, ThrottlingBurstLimit: 300 },
    });
  });

  it('is an output, and its rhythm an option of the deployment', () => {
    expect(template.Outputs.AgentUrl).toBeDefined();
    const keeping = { ...sample, needs: { ...sample.needs, rhythm: true } };
    const told = (context: typeof sample) =>
      ofType(
        wired([context], { heartbeats: { intervalSeconds: 5, silenceSeconds: 15 } }),
        'AWS::Lambda::Function',
      )
        .map(([, { Properties }]) => Properties.Environment.Variables)
        .filter(({ PROBE_INTERVAL_SECONDS: every }) => every === '5');
    expect(told(sample)).toEqual([]);
    expect(told(keeping)).toEqual([expect.objectContaining({ PROBE_SILENCE_SECONDS: '15' })]);
    const own = contexts.filter(({ needs, agent, scheduleNeeds, reactionNeeds }) =>
      [needs, agent?.needs, scheduleNeeds, reactionNeeds].some((one) => one?.rhythm),
    );
    expect(own.map(({ name }) => name)).toEqual(['probes', 'endpoints']);
  });
});

describe('stage', () => {
  const stage = ofType(template, 'AWS::ApiGatewayV2::Stage')[0]?.[1];

  it('limits requests, and imports more', () => {
    expect(stage?.Properties.DefaultRouteSettings).toEqual({
      DetailedMetricsEnabled: true,
      ThrottlingBurstLimit: 100,
      ThrottlingRateLimit: 200,
    });
    expect(stage?.Properties.RouteSettings).toMatchObject({
      'POST /v1/sample-imports': { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 5 },
    });
  });

  it('opens when every context has its routes: a limit of a missing route fails the deployment', () => {
    const stacks = [...contexts, sample].map(({ name }) => `${pascal(name)}Context`);
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(stacks));
  });

  it('logs one JSON line per request: who, what, how long, why not', () => {
    const format = JSON.parse(stage?.Properties.AccessLogSettings.Format);
    expect(Object.keys(format)).toEqual(
      expect.arrayContaining([
        'requestId',
        'route',
        'status',
        'latencyMs',
        'subject',
        'tenant',
        'authorizerError',
      ]),
    );
  });

  it('answers no other origin', () => {
    expect(ofType(template, 'AWS::ApiGatewayV2::Api')[0]?.[1].Properties.CorsConfiguration).toBeUndefined();
  });
});

describe('own domain', () => {
  const owned = wired([sample], { domain: 'api.example.com' });

  it('speaks TLS 1.2 and closes the default address', () => {
    const [domain] = ofType(owned, 'AWS::ApiGatewayV2::DomainName');
    expect(domain?.[1].Properties.DomainNameConfigurations[0]).toMatchObject({ SecurityPolicy: 'TLS_1_2' });
    expect(ofType(owned, 'AWS::ApiGatewayV2::Api')[0]?.[1].Properties.DisableExecuteApiEndpoint).toBe(true);
  });

  it('is what functions know as our address', () => {
    for (const [, { Properties }] of ofType(owned, 'AWS::Lambda::Function'))
      expect(Properties.Environment.Variables.PUBLIC_URL).toBe('https://api.example.com');
  });
});

describe('identity', () => {
  it('is a Cognito pool with a second factor, strong passwords, and our claims in the access token', () => {
    const pool = ofType(template, 'AWS::Cognito::UserPool')[0]?.[1];
    expect(pool?.Properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeletionProtection: 'ACTIVE',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      MfaConfiguration: 'ON',
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0' } },
      Policies: { PasswordPolicy: { MinimumLength: 14 } },
    });
    expect(pool?.DeletionPolicy).toBe('Retain');
  });

  it('defines the scope that the routes ask for', () => {
    expect(ofType(template, 'AWS::Cognito::UserPoolResourceServer')[0]?.[1].Properties).toMatchObject({
      Identifier: 'quartermaster',
      Scopes: [{ ScopeName: 'api' }],
    });
  });

  it('gives access tokens of 15 minutes', () => {
    expect(ofType(template, 'AWS::Cognito::UserPoolClient')[0]?.[1].Properties).toMatchObject({
      AccessTokenValidity: 15,
      TokenValidityUnits: { AccessToken: 'minutes' },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it('takes an issuer of your own instead', () => {
    const foreign = wired([sample], { issuer: 'https://login.example.com' });
    expect(ofType(foreign, 'AWS::Cognito::UserPool')).toEqual([]);
    expect(ofType(foreign, 'AWS::ApiGatewayV2::Authorizer')[0]?.[1].Properties.JwtConfiguration).toEqual({
      Audience: ['quartermaster'],
      Issuer: 'https://login.example.com',
    });
    expect(Object.keys(foreign.Resources).filter((id) => /^IdentityPreTokenFunction/.test(id))).toHaveLength(
      1,
    );
  });
});

describe('mail', () => {
  const properties = (type: string) => ofType(template, type)[0]?.[1].Properties;

  it('is signed for our domain with 2048 bits, under a MAIL FROM of our own', () => {
    expect(properties('AWS::SES::EmailIdentity')).toMatchObject({
      EmailIdentity: 'example.com',
      DkimSigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' },
      MailFromAttributes: { MailFromDomain: 'mail.example.com' },
    });
  });

  it('tells the records that our domain needs', () => {
    const outputs = (template as { Outputs?: Record<string, { Value: unknown }> }).Outputs ?? {};
    const records = Object.entries(outputs).filter(([name]) => name.includes('DkimRecord'));
    expect(records).toHaveLength(3);
    expect(JSON.stringify(records)).toContain('DkimDNSTokenName1');
  });

  it('travels encrypted, is measured, and spares those who bounced or complained', () => {
    expect(properties('AWS::SES::ConfigurationSet')).toMatchObject({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  });

  it('reports what became of it', () => {
    const { EventDestination } = properties('AWS::SES::ConfigurationSetEventDestination');
    expect(EventDestination.EventBridgeDestination).toBeDefined();
    expect(EventDestination.MatchingEventTypes).toEqual(
      expect.arrayContaining([
        'bounce',
        'complaint',
        'delivery',
        'reject',
        'deliveryDelay',
        'renderingFailure',
      ]),
    );
  });
});
