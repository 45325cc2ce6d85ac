import type { AgentRoute } from './agent.ts';
import type { Envelope, EventType } from './event.ts';
import type { PartitionKind } from './keys.ts';
import type { Needed } from './reach.ts';
import type { Route } from './route.ts';

/** Item-level rights on the table that a function uses; each becomes one IAM action. */
export type TableAction = 'get' | 'batchGet' | 'query' | 'put' | 'update' | 'delete' | 'check';

/** How often agents send heartbeats, and after which silence a probe is down; seconds. */
export interface Rhythm {
  readonly intervalSeconds: number;
  readonly silenceSeconds: number;
}

/** What a deploy unit may reach. One declaration grants the permission and sets the environment. */
export interface Needs {
  readonly table: readonly TableAction[];
  /** Queries an index. */
  readonly index?: boolean;
  /**
   * It asks the table in sessions that IAM limits to the tenant of each request, the caller's own, and what is named
   * here; by itself it gets what the shell asks before it knows the tenant, and of `alongside` these kinds.
   */
  readonly sessions?: Needed & {
    readonly alongside?: readonly PartitionKind[];
    /** By itself it lists, and gets, these kinds of the platform: notes of what is due. */
    readonly lists?: readonly PartitionKind[];
  };
  /** Why it is not limited so: its role reaches the whole table. */
  readonly wide?: string;
  /** Sends mail. */
  readonly mail?: boolean;
  /** Seals cursors (reads the cursor key). */
  readonly cursor?: boolean;
  /** Makes and checks certificates of agents (reads the agents' key). */
  readonly agents?: boolean;
  /** Knows how often agents of this stage send heartbeats. */
  readonly rhythm?: boolean;
  /** Puts items of this kind in the platform's partition, and no others: how far it has come. */
  readonly keeps?: PartitionKind;
  /** Deletes items of this kind in the platform's partition, and no others: notes of what was to be done. */
  readonly clears?: PartitionKind;
  /** Seals the audit: puts seals, and nothing else. */
  readonly seals?: boolean;
  /** Puts anchors of the audit where nobody can change them. */
  readonly anchors?: boolean;
  /** `named`: says where objects of the directory stand. `reached`: talks to it; in its network where one is configured. */
  readonly directory?: 'named' | 'reached';
}

/** How often a queue brings an event before it is set aside in the dead-letter queue. */
export const mostTries = 6;

/** One reaction to an event: own rule, own queue, own dead-letter queue, own alarm. */
export interface Subscriber<D = unknown> {
  /** Kebab case, `on-<noun>-<past>`, with the verb of what it does where several of a context follow one event: the file's name. */
  readonly id: string;
  /** Our own event, any of several, or foreign ones of the account's default bus by source and detail types. */
  readonly on:
    | EventType<D>
    | { readonly anyOf: readonly EventType[] }
    | { readonly source: string; readonly detailTypes: readonly string[] };
  /** What a person suffers while it fails; becomes the alarm's text. */
  readonly impact: string;
  /** Idempotent by `envelope.id`; throws to be tried again. For foreign events `data` is the raw detail. */
  readonly handle: (envelope: Envelope<D>) => Promise<void>;
}

/** Something that is looked after by the clock: own rule, own queue, own dead-letter queue, own alarm. */
export interface Schedule {
  /** Kebab case, `<verb>-<noun>`: the file's name. */
  readonly id: string;
  /** A rate or cron expression of EventBridge, in UTC. */
  readonly every: string;
  /** What a person suffers while it fails; becomes the alarm's text. */
  readonly impact: string;
  /** Does what is due by now; may run twice at once and again after a failure. Throws to be tried again. */
  readonly run: (now: string) => Promise<void>;
}

/** Calls of agents that share a function. */
export interface AgentUnit {
  readonly routes: readonly AgentRoute[];
  /** What a person suffers while it fails; becomes the alarm's text. */
  readonly impact: string;
}

/** Pages for people who have no token of ours: a function of its own, outside the documented API. */
export interface PageUnit {
  readonly routes: readonly {
    readonly id: string;
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly permission: 'public';
  }[];
  /** What a person suffers while it fails; becomes the alarm's text. */
  readonly impact: string;
  readonly needs: Needs;
  readonly concurrency: number;
}

export interface Context {
  /** Plural noun, also its folder's name. */
  readonly name: string;
  /** What a person suffers while its API is down; becomes the alarm's text. */
  readonly impact: string;
  readonly routes: readonly Route[];
  readonly needs: Needs;
  /** `functions/<context>/pages.ts`. */
  readonly pages?: PageUnit;
  readonly subscribers?: readonly Subscriber[];
  /** What its reactions need; they run in a function of their own. */
  readonly reactionNeeds?: Needs;
  readonly schedules?: readonly Schedule[];
  /** What its schedules need; they run in a function of their own. */
  readonly scheduleNeeds?: Needs;
  /** What agents at the customers call: an API and a function of their own (`functions/<context>/agent.ts`). */
  readonly agent?: AgentUnit & {
    readonly needs: Needs;
    /** Instances at most, and kept free for it; 50 unless said otherwise. */
    readonly concurrency?: number;
    /** Of its routes, those with a function of their own, lest they take the others' instances. */
    readonly apart?: readonly (AgentUnit & { readonly id: string; readonly concurrency: number })[];
  };
}

/** Our own events that wake a subscriber; undefined where it waits for foreign ones. */
export function ownEvents({ on }: Subscriber): readonly EventType[] | undefined {
  if ('source' in on) return undefined;
  return 'anyOf' in on ? on.anyOf : [on];
}

export function subscriber<D>(record: Subscriber<D>): Subscriber {
  return record as unknown as Subscriber;
}
