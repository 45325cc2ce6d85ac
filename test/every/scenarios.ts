import type { Caller, Msp, Sent } from '../kit/world.ts';
import { access } from './access.scenarios.ts';
import { audit } from './audit.scenarios.ts';
import { catalog } from './catalog.scenarios.ts';
import { consoles } from './console.scenarios.ts';
import { credits } from './credits.scenarios.ts';
import { customers } from './customers.scenarios.ts';
import { directory } from './directory.scenarios.ts';
import { helpdesk } from './helpdesk.scenarios.ts';
import { imports } from './imports.scenarios.ts';
import { licensing } from './licensing.scenarios.ts';
import { machines } from './machines.scenarios.ts';
import { managed } from './managed.scenarios.ts';
import { markets } from './markets.scenarios.ts';
import { notifications } from './notifications.scenarios.ts';
import { overviews } from './overview.scenarios.ts';
import { platform } from './platform.scenarios.ts';
import { probes } from './probes.scenarios.ts';
import { provisioning } from './provisioning.scenarios.ts';
import { removals } from './removals.scenarios.ts';
import { requests } from './requests.scenarios.ts';
import { seats } from './seats.scenarios.ts';
import { services } from './services.scenarios.ts';
import { users } from './users.scenarios.ts';

/** What every scenario finds: a provider in MSP mode with the credit system on, and one customer that has credits. */
export interface Stage {
  readonly msp: Msp;
  readonly customer: { readonly id: string; readonly admin: Caller };
}

/** A request to send: `METHOD /path` and the rest. */
export interface Request extends Sent {
  readonly line: string;
}

/** Prepares what one typical call needs, and says the call. */
export type Scenario = (stage: Stage) => Request | Promise<Request>;

/** By route id; a second scenario of a route adds what is special about it: `debitCredits: own request id`. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** One typical call of every route. */
export const scenarios: Scenarios = {
  ...platform,
  ...helpdesk,
  ...directory,
  ...customers,
  ...licensing,
  ...seats,
  ...probes,
  ...machines,
  ...credits,
  ...notifications,
  ...provisioning,
  ...audit,
  ...users,
  ...services,
  ...catalog,
  ...markets,
  ...requests,
  ...overviews,
  ...removals,
  ...imports,
  ...access,
  ...consoles,
  ...managed,
};

/** The route that a scenario calls. */
export const routeOf = (name: string): string => name.split(':')[0] ?? name;
