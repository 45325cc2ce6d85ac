import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  AccountRecovery,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
  UserPoolOperation,
  UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Needs } from '../lib/kit/context.ts';
import { type Resources, Unit } from './context.ts';

const resourceServer = 'quartermaster';
const scopeName = 'api';

/** The scope that every route asks for: an ID token has none. */
export const scope = `${resourceServer}/${scopeName}`;

export interface IdentityProps {
  readonly resources: Resources;
  /** An OIDC issuer of your own (audience `quartermaster`); a Cognito user pool when absent. */
  readonly issuer?: string | undefined;
}

/** What the trigger reads to put `tenant` and `roles` into a token. */
const needs: Needs = { table: ['batchGet'] };

/** Who may call: the JWT authorizer, its issuer, and the trigger that adds `tenant`, `roles` and `provider` to a token. */
export class Identity extends Construct {
  readonly authorizer: IHttpRouteAuthorizer;
  readonly trigger: Unit;

  constructor(parent: Construct, id: string, { resources, issuer }: IdentityProps) {
    super(parent, id);
    this.trigger = new Unit(this, 'PreToken', {
      resources,
      needs,
      impact: 'Nobody can sign in.',
      description: 'Adds tenant and roles to an access token',
      timeoutSeconds: 5,
      concurrency: 18,
    });
    this.authorizer = issuer
      ? new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: [resourceServer] })
      : this.cognito(resources.publicUrl);
  }

  private cognito(publicUrl: string): IHttpRouteAuthorizer {
    const pool = this.pool();
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, this.trigger.fn, LambdaVersion.V2_0);
    const api = new ResourceServerScope({ scopeName, scopeDescription: 'Everything that your roles allow' });
    const server = new UserPoolResourceServer(this, 'ResourceServer', {
      userPool: pool,
      identifier: resourceServer,
      scopes: [api],
    });
    const client = new UserPoolClient(this, 'Client', {
      userPool: pool,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.resourceServer(server, api)],
        callbackUrls: [`${publicUrl}/docs`],
      },
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(12),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
    });
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId });
    const { region } = Stack.of(this);
    return new HttpJwtAuthorizer('Jwt', `https://cognito-idp.${region}.amazonaws.com/${pool.userPoolId}`, {
      jwtAudience: [client.userPoolClientId],
    });
  }

  private pool(): UserPool {
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const domain = pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${Stack.of(this).stackName}-sign-in` },
    });
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
    return pool;
  }
}
