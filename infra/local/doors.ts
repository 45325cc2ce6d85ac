import { type Gateway, serveGateway } from './gateway.ts';
import { type Inbox, startInbox } from './inbox.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import type { LocalFunction } from './lambda.ts';
import { close, listen } from './listen.ts';
import { type Cloud, makeProxy } from './proxy.ts';
import type { Stops } from './stops.ts';

export interface Ports {
  readonly api?: number;
  readonly issuer?: number;
  readonly inbox?: number;
  readonly proxy?: number;
  readonly agents?: number;
}

/** What stands behind the doors once the stack is there. */
export interface Behind {
  readonly cloud: Cloud;
  readonly gateway: Gateway;
  /** The API that agents call, where the stack has one. */
  readonly agentGateway: Gateway | undefined;
  readonly trigger: LocalFunction | undefined;
}

/** Everything that listens. Opened before the stack is read, so that a taken port is told at once. */
export interface Doors {
  readonly url: string;
  /** Where agents call. */
  readonly agentUrl: string;
  readonly controlUrl: string;
  readonly issuer: Issuer;
  readonly inbox: Inbox;
  open(behind: Behind): void;
}

export async function openDoors(ports: Ports, dir: string | undefined, stops: Stops): Promise<Doors> {
  let behind: Behind | undefined;
  const api = serveGateway(() => behind?.gateway);
  const url = `http://127.0.0.1:${await listen(api, ports.api ?? 0, 'API')}`;
  stops.push(() => close(api));
  const agents = serveGateway(() => behind?.agentGateway);
  const agentUrl = `http://127.0.0.1:${await listen(agents, ports.agents ?? 0, 'agents')}`;
  stops.push(() => close(agents));
  const proxy = makeProxy(() => behind?.cloud);
  const controlUrl = `http://127.0.0.1:${await listen(proxy, ports.proxy ?? 0, 'AWS proxy')}`;
  stops.push(() => close(proxy));
  const issuer = await startIssuer({ port: ports.issuer ?? 0, dir, trigger: () => behind?.trigger });
  stops.push(() => issuer.stop());
  const inbox = await startInbox(ports.inbox ?? 0);
  stops.push(() => inbox.stop());
  return {
    ...{ url, agentUrl, controlUrl, issuer, inbox },
    open(now) {
      behind = now;
    },
  };
}
