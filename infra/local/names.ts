import { createHash } from 'node:crypto';
import type { Names, Place, Resource } from './resolve.ts';

/** Local physical names and attributes of resources: what CloudFormation would have answered. */
export function localNames(place: Place): Names {
  const { account, region, stackName } = place;
  const arn = (service: string, rest: string, within = region) =>
    `arn:aws:${service}:${within}:${account}:${rest}`;

  const given = (resource: Resource, property: string): string | undefined => {
    const value = resource.Properties?.[property];
    return typeof value === 'string' ? value : undefined;
  };

  const physical = (id: string, resource: Resource): string => {
    const property = nameProperty[resource.Type];
    return (property && given(resource, property)) || `${stackName}-${id}`;
  };

  const arnOf = (id: string, resource: Resource): string => {
    const name = physical(id, resource);
    switch (resource.Type) {
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
        return arn('dynamodb', `table/${name}`);
      case 'AWS::Lambda::Function':
        return arn('lambda', `function:${name}`);
      case 'AWS::SQS::Queue':
        return arn('sqs', name);
      case 'AWS::SNS::Topic':
        return arn('sns', name);
      case 'AWS::Events::EventBus':
        return arn('events', `event-bus/${name}`);
      case 'AWS::Events::Rule':
        return arn('events', `rule/${name}`);
      case 'AWS::Events::Archive':
        return arn('events', `archive/${name}`);
      case 'AWS::SecretsManager::Secret':
        return arn('secretsmanager', `secret:${name}-local1`);
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${account}:role/${name}`;
      case 'AWS::IAM::ManagedPolicy':
        return `arn:aws:iam::${account}:policy/${name}`;
      case 'AWS::KMS::Key':
        return arn('kms', `key/${keyId(name)}`);
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${bucketName(name)}`;
      case 'AWS::Logs::LogGroup':
        return arn('logs', `log-group:${name}:*`);
      case 'AWS::Cognito::UserPool':
        return arn('cognito-idp', `userpool/${poolId(region, name)}`);
      case 'AWS::SES::ConfigurationSet':
        return arn('ses', `configuration-set/${name}`);
      case 'AWS::SES::EmailIdentity':
        return arn('ses', `identity/${name}`);
      case 'AWS::CloudWatch::Alarm':
        return arn('cloudwatch', `alarm:${name}`);
      default:
        return arn('local', `${resource.Type}/${name}`);
    }
  };

  return {
    ref(id, resource) {
      const name = physical(id, resource);
      switch (resource.Type) {
        case 'AWS::SQS::Queue':
          return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
        case 'AWS::SNS::Topic':
        case 'AWS::SecretsManager::Secret':
        case 'AWS::IAM::ManagedPolicy':
          return arnOf(id, resource);
        case 'AWS::KMS::Key':
          return keyId(name);
        case 'AWS::S3::Bucket':
          return bucketName(name);
        case 'AWS::Cognito::UserPool':
          return poolId(region, name);
        case 'AWS::ApiGatewayV2::Api':
          return apiId(name);
        default:
          return name;
      }
    },
    attribute(id, resource, wanted) {
      const name = physical(id, resource);
      switch (wanted) {
        case 'Arn':
        case 'TopicArn':
        case 'PolicyArn':
          return arnOf(id, resource);
        case 'StreamArn':
          return `${arnOf(id, resource)}/stream/local`;
        case 'ApiEndpoint':
          return `https://${apiId(name)}.execute-api.${region}.amazonaws.com`;
        case 'ProviderURL':
          return `https://cognito-idp.${region}.amazonaws.com/${poolId(region, name)}`;
        case 'ProviderName':
          return `cognito-idp.${region}.amazonaws.com/${poolId(region, name)}`;
        case 'QueueUrl':
          return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
        case 'DomainName':
        case 'RegionalDomainName':
          return `${bucketName(name)}.s3.${region}.amazonaws.com`;
        case 'RegionalHostedZoneId':
          return 'Z0000000000000';
        case 'Version':
          return '1';
        default:
          // Names (QueueName, TopicName, Name) and whatever only the cloud knows (DKIM tokens, resource ids).
          return wanted.endsWith('Name') ? name : `${name}.${wanted}`;
      }
    },
  };
}

const nameProperty: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SES::ConfigurationSet': 'Name',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Scheduler::Schedule': 'Name',
};

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

export function apiId(name: string): string {
  return digest(name).slice(0, 10);
}

function keyId(name: string): string {
  const hex = digest(name);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function bucketName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 63);
}

function poolId(region: string, name: string): string {
  return `${region}_${digest(name).slice(0, 9)}`;
}
