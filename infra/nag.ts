import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Why a rule of cdk-nag does not apply, by the part of the stack where it is acknowledged. */
export const reasons = {
  function: {
    'AwsSolutions-IAM5[Resource::*]':
      'X-Ray takes trace segments, and Lambda makes network interfaces, for no particular resource, so these actions have none to name.',
    'Serverless-LambdaAsyncFailureDestination':
      'The function is invoked by the gateway, a trigger or an event source mapping, never asynchronously, so this setting would do nothing.',
    'Serverless-LambdaDLQ':
      'The function is never invoked asynchronously; its queues have dead-letter queues and its stream an S3 destination.',
  },
  outbox: {
    'AwsSolutions-IAM5[Resource::<$.Arn>/*]':
      'The names of failed batches are made by Lambda, so the function may put any object into this one bucket.',
  },
  failures: {
    'AwsSolutions-S1':
      'Only the event source mapping writes here, a few objects a year, and an alarm tells of each.',
  },
  sealing: {
    'AwsSolutions-IAM5[Resource::<$.Arn>/*]':
      'The names of failed batches are made by Lambda, so the function may put any object into this one bucket.',
  },
  anchoring: {
    'AwsSolutions-IAM5[Resource::<$>/anchors/*]':
      'Anchors are named by provider and day, and what is there can be neither overwritten nor deleted, whoever asks.',
  },
  anchors: {
    'AwsSolutions-S1':
      'One function writes here, an object a day and provider, which nobody can change; CloudTrail tells who asks for them.',
  },
  deadLetters: {
    'Serverless-SQSRedrivePolicy':
      'This queue is itself the dead-letter queue: an alarm watches it and the runbook says how to redrive it.',
  },
  queueMapping: {
    'Serverless-LambdaEventSourceMappingDestination':
      'A mapping of a queue takes no destination: what fails six times moves to the dead-letter queue of that queue.',
  },
  publicRoute: {
    'AwsSolutions-APIG4':
      'This route serves public documents or is meant for callers without a token; its record says so.',
  },
  agentRoute: {
    'AwsSolutions-APIG4':
      'Agents have no token: the function checks certificate and signature of each call before it reads or writes anything.',
  },
  agentSecret: {
    'AwsSolutions-SMG4':
      'Certificates made with it do not expire by themselves: rotation would shut every agent out until it enrols anew; the runbook says how to change the secret by hand.',
  },
  cursorSecret: {
    'AwsSolutions-SMG4':
      'Cursors hold a position and grant nothing by themselves, and rotation would break open lists; the runbook says how to change the secret by hand.',
  },
} as const satisfies Record<string, Record<string, string>>;

export type Part = keyof typeof reasons;

/** Acknowledges the findings that belong to a part of the stack; `name` stands for `$` in their ids. */
export function acknowledge(construct: IConstruct, part: Part, name = ''): void {
  const rules = Object.entries(reasons[part]).map(([id, reason]) => ({ id: id.replace('$', name), reason }));
  Validations.of(construct).acknowledge(...rules);
}

/** Fails the synthesis for each finding that nobody acknowledged. */
export function inspect(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
