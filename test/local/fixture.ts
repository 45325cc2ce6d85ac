import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from '../../infra/local/resolve.ts';

const api = `
const call = async (target, type, body) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: { 'content-type': type, ...(target ? { 'x-amz-target': target } : {}), 'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0' },
    body,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return type.includes('json') ? JSON.parse(text) : text;
};
const dynamo = (operation, input) => call('DynamoDB_20120810.' + operation, 'application/x-amz-json-1.0', JSON.stringify({ TableName: process.env.TABLE_NAME, ...input }));
`;

const sources = {
  Api: `${api}
    exports.handler = async (event) => {
      if (event.rawPath === '/echo' || event.rawPath.startsWith('/things/')) return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event, env: process.env }), cookies: ['a=1', 'b=2'] };
      if (event.rawPath === '/slow') await new Promise((resolve) => setTimeout(resolve, 3000));
      if (event.rawPath === '/throw') throw new Error('secret');
      if (event.rawPath === '/exit') process.exit(3);
      if (event.rawPath === '/plain') return { hello: 'world' };
      if (event.rawPath === '/large') return { statusCode: 200, body: 'x'.repeat(7 * 1024 * 1024) };
      const { id, ev } = JSON.parse(event.body);
      await dynamo('PutItem', { Item: { PK: { S: 'T#1' }, SK: { S: id }, ...(ev ? { ev: { S: ev } } : {}) } });
      return { statusCode: 201, body: id };
    };`,
  Outbox: `${api}
    exports.handler = async ({ Records }) => {
      const batchItemFailures = [];
      for (const { dynamodb } of Records) {
        const { SK, ev } = dynamodb.NewImage;
        if (ev.S === 'poison') { batchItemFailures.push({ itemIdentifier: dynamodb.SequenceNumber }); break; }
        const { FailedEntryCount } = await call('AWSEvents.PutEvents', 'application/x-amz-json-1.1', JSON.stringify({ Entries: [{ EventBusName: process.env.BUS_NAME, Source: 'fixture', DetailType: ev.S, Detail: JSON.stringify({ id: SK.S }) }] }));
        if (FailedEntryCount) throw new Error('not taken');
      }
      return { batchItemFailures };
    };`,
  Mailer: `${api}
    exports.handler = async ({ Records }) => {
      const batchItemFailures = [];
      for (const { messageId, body, receiptHandle, eventSourceARN } of Records) {
        const { detail } = JSON.parse(body);
        if (detail.id.startsWith('bad')) {
          await call('AmazonSQS.ChangeMessageVisibility', 'application/x-amz-json-1.0', JSON.stringify({ QueueUrl: 'https://sqs.us-east-1.amazonaws.com/0/' + eventSourceARN.split(':').pop(), ReceiptHandle: receiptHandle, VisibilityTimeout: 1 }));
          batchItemFailures.push({ itemIdentifier: messageId });
          continue;
        }
        await call(undefined, 'application/x-www-form-urlencoded', new URLSearchParams({ Action: 'SendEmail', Version: '2010-12-01', Source: 'shop@example.com', 'Destination.ToAddresses.member.1': 'a@example.org', 'Destination.ToAddresses.member.2': 'b@example.org', 'Message.Subject.Data': detail.id, 'Message.Body.Text.Data': 'text', ConfigurationSetName: 'set', 'Tags.member.1.Name': 'notice', 'Tags.member.1.Value': detail.id }).toString());
      }
      return { batchItemFailures };
    };`,
  Trigger: `exports.handler = async (event) => {
      const { email } = event.request.userAttributes;
      if (email.startsWith('nobody')) throw new Error('not a member');
      event.response.claimsAndScopeOverrideDetails = { accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'T1', roles: 'A B' } } };
      return event;
    };`,
};

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

function makeFunction(id: keyof typeof sources, environment: Record<string, unknown>, statements: unknown[]) {
  return {
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: 'index.handler',
        Role: arn(`${id}Role`),
        Code: { ZipFile: sources[id] },
        Timeout: 2,
        MemorySize: 256,
        Environment: { Variables: environment },
      },
    },
    [`${id}Role`]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
    [`${id}Policy`]: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: id,
        PolicyDocument: { Version: '2012-10-17', Statement: statements },
        Roles: [{ Ref: `${id}Role` }],
      },
    },
  };
}

function makeRoute(id: string, key: string, authorized: boolean) {
  return {
    [id]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Http' },
        RouteKey: key,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
        ...(authorized
          ? {
              AuthorizationType: 'JWT',
              AuthorizerId: { Ref: 'Jwt' },
              AuthorizationScopes: ['quartermaster/api'],
            }
          : { AuthorizationType: 'NONE' }),
      },
    },
  };
}

const allow = (Action: unknown, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const ses = (rest: string) => ({
  'Fn::Join': [':', ['arn:aws:ses', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, rest]],
});
const stream = { 'Fn::GetAtt': ['Table', 'StreamArn'] };

/** A small stack with every kind of resource that the runner runs. */
export function makeTemplate(): Template {
  return {
    Outputs: { PreTokenFunction: { Value: { Ref: 'Trigger' } } },
    Resources: {
      ...makeFunction(
        'Api',
        { TABLE_NAME: { Ref: 'Table' }, PUBLIC_URL: { 'Fn::GetAtt': ['Http', 'ApiEndpoint'] } },
        [allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], arn('Table'))],
      ),
      ...makeFunction('Outbox', { BUS_NAME: { Ref: 'Bus' } }, [
        allow('events:PutEvents', arn('Bus')),
        allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], stream),
        allow('dynamodb:ListStreams', '*'),
        allow('s3:PutObject', { 'Fn::Join': ['', [arn('Failures'), '/*']] }),
        allow('s3:ListBucket', arn('Failures')),
      ]),
      ...makeFunction('Mailer', {}, [
        allow(
          [
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:ChangeMessageVisibility',
          ],
          arn('Queue'),
        ),
        {
          ...allow('ses:SendEmail', [ses('identity/example.com'), ses('configuration-set/set')]),
          Condition: { StringEquals: { 'ses:FromAddress': 'shop@example.com' } },
        },
      ]),
      ...makeFunction('Trigger', {}, []),
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [
            { AttributeName: 'PK', AttributeType: 'S' },
            { AttributeName: 'SK', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'PK', KeyType: 'HASH' },
            { AttributeName: 'SK', KeyType: 'RANGE' },
          ],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        },
      },
      Failures: { Type: 'AWS::S3::Bucket', Properties: {} },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'fixture' } },
      Set: { Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'set' } },
      Graves: { Type: 'AWS::SQS::Queue', Properties: {} },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 30,
          RedrivePolicy: { deadLetterTargetArn: arn('Graves'), maxReceiveCount: 2 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Statement: [
              { ...allow('sqs:SendMessage', arn('Queue')), Principal: { Service: 'events.amazonaws.com' } },
            ],
          },
        },
      },
      Invoke: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: arn('Api'),
          Principal: 'apigateway.amazonaws.com',
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: { Ref: 'Bus' },
          EventPattern: { source: ['fixture'], 'detail-type': [{ prefix: 'order.' }] },
          Targets: [{ Arn: arn('Queue'), Id: 'queue' }],
        },
      },
      QueueMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: arn('Queue'),
          FunctionName: { Ref: 'Mailer' },
          BatchSize: 5,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      StreamMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: stream,
          FunctionName: { Ref: 'Outbox' },
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 10,
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 8,
          MaximumRecordAgeInSeconds: 3600,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          FilterCriteria: {
            Filters: [
              { Pattern: '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"ev":{"S":[{"exists":true}]}}}}' },
            ],
          },
          DestinationConfig: { OnFailure: { Destination: arn('Failures') } },
        },
      },
      Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: { ApiId: { Ref: 'Http' }, IntegrationUri: arn('Api') },
      },
      Jwt: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          JwtConfiguration: { Issuer: 'https://issuer.quartermaster.local', Audience: ['quartermaster'] },
        },
      },
      ...makeRoute('PostItem', 'POST /items', false),
      ...makeRoute('Echo', 'ANY /echo', false),
      ...makeRoute('One', 'GET /things/{id}', false),
      ...makeRoute('Mine', 'GET /things/mine', true),
      ...makeRoute('Slow', 'GET /slow', false),
      ...makeRoute('Throw', 'GET /throw', false),
      ...makeRoute('Exit', 'GET /exit', false),
      ...makeRoute('Plain', 'GET /plain', false),
      ...makeRoute('Large', 'GET /large', false),
    },
  };
}

/** Writes the fixture as a cloud assembly and returns its folder. */
export function writeAssembly(template: Template = makeTemplate()): string {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'fixture.template.json'), JSON.stringify(template));
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({
      artifacts: {
        fixture: { type: 'aws:cloudformation:stack', properties: { templateFile: 'fixture.template.json' } },
      },
    }),
  );
  return folder;
}
