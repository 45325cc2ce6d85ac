import type { Denial } from './iam.ts';
import { listOf, type Statement } from './policies.ts';
import type { Stack } from './template.ts';

interface Permission {
  readonly FunctionName: string;
  readonly Principal: string;
}

interface QueuePolicy {
  readonly Queues: string[];
  readonly PolicyDocument: {
    readonly Statement: (Statement & { readonly Principal?: { readonly Service?: string | string[] } })[];
  };
}

/** ARNs of the functions that a service may invoke. */
export function permittedInvocations(stack: Stack, service: string): Set<string> {
  const { region, account } = stack.place;
  return new Set(
    stack
      .all<Permission>('AWS::Lambda::Permission')
      .filter(({ properties }) => properties.Principal === service)
      .map(({ properties: { FunctionName } }) =>
        FunctionName.startsWith('arn:')
          ? FunctionName
          : `arn:aws:lambda:${region}:${account}:function:${FunctionName}`,
      ),
  );
}

/** ARNs of the queues that EventBridge may send to. */
export function permittedQueues(stack: Stack): Set<string> {
  const arns = stack
    .all<QueuePolicy>('AWS::SQS::QueuePolicy')
    .flatMap(({ properties }) =>
      properties.PolicyDocument.Statement.filter(
        ({ Effect, Action, Principal }) =>
          Effect === 'Allow' &&
          listOf(Principal?.Service).includes('events.amazonaws.com') &&
          listOf(Action).some((one) => ['sqs:*', 'sqs:SendMessage'].includes(one)),
      ).flatMap(({ Resource }) => listOf(Resource)),
    );
  return new Set(arns);
}

export function missingInvocation(functionArn: string, service: string): Denial {
  return missing(service, 'lambda:InvokeFunction', functionArn);
}

export function missingSend(queueArn: string): Denial {
  return missing('events.amazonaws.com', 'sqs:SendMessage', queueArn);
}

function missing(service: string, action: string, resource: string): Denial {
  return {
    ...{ action, resource, times: 1 },
    function: service,
    message: `${service} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows it`,
    missing: { Effect: 'Allow', Principal: { Service: service }, Action: action, Resource: resource },
  };
}
