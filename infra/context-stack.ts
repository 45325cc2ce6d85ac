import { type CfnResource, NestedStack } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Context } from '../lib/kit/context.ts';
import type { Api } from './api.ts';
import { pascal } from './bundle.ts';
import { Reaction, readersPerQueue } from './bus.ts';
import { type Resources, Unit } from './context.ts';
import { addSchedules } from './schedule.ts';

export interface ContextStackProps {
  readonly context: Context;
  readonly resources: Resources;
  readonly api: Api;
  /** The API that agents call. */
  readonly agentApi: Api;
  readonly authorizer: IHttpRouteAuthorizer;
  readonly bus: EventBus;
}

/** One bounded context in a template of its own: functions, routes, queues and alarms. It holds no data. */
export class ContextStack extends NestedStack {
  private readonly props: ContextStackProps;

  constructor(scope: Construct, props: ContextStackProps) {
    const { name } = props.context;
    const id = `${pascal(name)}Context`;
    super(scope, id, { description: `Quartermaster, ${props.resources.stage}: ${name}` });
    // Physical names begin with it.
    (this.nestedStackResource as CfnResource).overrideLogicalId(id);
    this.props = props;
    this.answer();
    this.show();
    this.answerAgents();
    this.react();
    addSchedules(this, props.context, props.resources);
  }

  private answer(): void {
    const { context, resources, api, authorizer } = this.props;
    const unit = new Unit(this, `${pascal(context.name)}Api`, {
      resources,
      impact: context.impact,
      needs: context.needs,
      description: `API of ${context.name}`,
      timeoutSeconds: 10,
      concurrency: 25,
    });
    api.serve(unit.fn, context.routes, authorizer);
  }

  private show(): void {
    const { context, resources, api, authorizer } = this.props;
    const { name, pages } = context;
    if (!pages) return;
    const { impact, needs, concurrency } = pages;
    const unit = new Unit(this, `${pascal(name)}Pages`, {
      resources,
      impact,
      needs,
      description: `Pages of ${name} for people without a token`,
      timeoutSeconds: 10,
      concurrency,
    });
    api.serve(unit.fn, pages.routes, authorizer);
  }

  private answerAgents(): void {
    const { context, resources, agentApi } = this.props;
    const { name, agent } = context;
    if (!agent) return;
    const { apart = [], needs } = agent;
    const routes = agent.routes.filter((route) => !apart.some((one) => one.routes.includes(route)));
    for (const one of [{ ...agent, id: 'agent', routes, concurrency: agent.concurrency ?? 50 }, ...apart]) {
      const unit = new Unit(this, pascal(`${name}-${one.id}`), {
        resources,
        impact: one.impact,
        needs,
        description: `What agents call of ${name}: ${one.routes.map(({ id }) => id).join(', ')}`,
        timeoutSeconds: 10,
        concurrency: one.concurrency,
      });
      agentApi.serve(unit.fn, one.routes);
    }
  }

  private react(): void {
    const { context, resources, bus } = this.props;
    const { name, subscribers = [], reactionNeeds } = context;
    if (subscribers.length === 0) return;
    const unit = new Unit(this, `${pascal(name)}Reactions`, {
      resources,
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
        bus,
        alarms: resources.alarms,
      });
  }
}
