import type { Context } from '../lib/kit/context.ts';
import { pageRoutes as accessPages } from './access/page-routes.ts';
import { routes as access } from './access/routes.ts';
import { schedules as accessSchedules } from './access/schedules.ts';
import { subscribers as accessReactions } from './access/subscribers.ts';
import { routes as audit } from './audit/routes.ts';
import { schedules as auditSchedules } from './audit/schedules.ts';
import { routes as catalog } from './catalog/routes.ts';
import { subscribers as catalogReactions } from './catalog/subscribers.ts';
import { routes as credits } from './credits/routes.ts';
import { schedules as creditSchedules } from './credits/schedules.ts';
import { subscribers as creditReactions } from './credits/subscribers.ts';
import { routes as customers } from './customers/routes.ts';
import { subscribers as customerReactions } from './customers/subscribers.ts';
import { routes as directory } from './directory/routes.ts';
import { subscribers as directoryReactions } from './directory/subscribers.ts';
import { machineRoutes } from './endpoints/machine-routes.ts';
import { routes as endpoints } from './endpoints/routes.ts';
import { routes as helpdesk } from './helpdesk/routes.ts';
import { routes as licensing } from './licensing/routes.ts';
import { schedules as licensingSchedules } from './licensing/schedules.ts';
import { subscribers as licensingSubscribers } from './licensing/subscribers.ts';
import { routes as notifications } from './notifications/routes.ts';
import { subscribers as notificationSubscribers } from './notifications/subscribers.ts';
import { routes as platform } from './platform/routes.ts';
import { schedules as platformSchedules } from './platform/schedules.ts';
import { agentRoutes, inventoryRoutes } from './probes/agent-routes.ts';
import { routes as probes } from './probes/routes.ts';
import { schedules as probeSchedules } from './probes/schedules.ts';
import { subscribers as probeReactions } from './probes/subscribers.ts';
import { routes as provisioning } from './provisioning/routes.ts';
import { subscribers as provisioningSubscribers } from './provisioning/subscribers.ts';
import { routes as requests } from './requests/routes.ts';
import { routes as services } from './services/routes.ts';
import { routes as users } from './users/routes.ts';

/** Why a function's rights are not limited to the tenants at hand: these, and no others (`test/isolation/declared.test.ts`). */
export const wide = {
  reconciling:
    'It compares what is stored of all tenants with each other; it changes nothing but its own place.',
  moving: 'A move rewrites a whole subtree, page by page: more tenants than a session can name.',
  following: 'What a provider changes in its people and companies is followed at each of its customers.',
  summing: 'Sums go from a node to the one above it, wherever both stand by then.',
  parting: 'A removal or a move takes effect at partner, customer and everybody below at once.',
  cascading: 'Provisioning goes down a subtree, object by object of the directory.',
  anchoring: 'It reads the seals of whole trees, to anchor and to verify them.',
  answering: 'Whoever was sent the link of an import has no tenant yet; the link names partner and customer.',
} as const;

/** Every bounded context: what is deployed, routed, documented and tested. */
export const contexts: readonly Context[] = [
  {
    name: 'platform',
    impact: 'Nobody can see who they are, and no provider can be added or changed.',
    routes: platform,
    needs: {
      sessions: { platform: { write: ['NODE', 'IDENTITY', 'UNIQUE'] } },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    schedules: platformSchedules,
    scheduleNeeds: { wide: wide.reconciling, table: ['batchGet', 'query'], index: true, keeps: 'RECONCILER' },
  },
  {
    name: 'credits',
    impact: 'Nobody can grant, debit or read credits; requests for priced services fail.',
    routes: credits,
    needs: {
      sessions: {
        platform: { write: ['DUE'] },
        provider: { read: ['NODE'] },
        between: { write: ['ENTRY'] },
      },
      table: ['batchGet', 'get', 'query', 'put', 'check'],
      cursor: true,
    },
    subscribers: creditReactions,
    reactionNeeds: {
      sessions: { platform: { write: ['DUE'] }, provider: { read: ['NODE'] } },
      table: ['batchGet', 'query', 'put'],
    },
    schedules: creditSchedules,
    scheduleNeeds: {
      sessions: { platform: { write: ['DUE'] }, lists: ['DUE'] },
      table: ['batchGet', 'query', 'put', 'delete'],
    },
  },
  {
    name: 'customers',
    impact: 'Nobody can add, find or change a customer or its administrators.',
    routes: customers,
    needs: {
      sessions: {
        platform: { write: ['IDENTITY'] },
        provider: { read: ['COMPANY', 'PERSON'], write: ['NODE', 'UNIQUE', 'ARCHIVE', 'OPERATION'] },
        line: { read: ['NODE'] },
        between: { write: ['NODE', 'FORMER', 'OFFER', 'ROLES'] },
      },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: customerReactions,
    reactionNeeds: { wide: wide.moving, table: ['batchGet', 'get', 'query', 'put', 'delete'], index: true },
  },
  {
    name: 'users',
    impact: 'Nobody can add, find or change the users of a customer or their roles.',
    routes: users,
    needs: {
      sessions: {
        platform: { write: ['IDENTITY'] },
        provider: { read: ['NODE'], write: ['ROLES', 'UNIQUE'] },
        line: { read: ['NODE'], write: ['ROLES'] },
      },
      table: ['batchGet', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'services',
    impact: 'Nobody can define, offer or provision services, and no bill can be read.',
    routes: services,
    needs: {
      sessions: {
        platform: { read: ['OFFER'] },
        provider: { read: ['NODE', 'SERVICE', 'OFFER'] },
        line: { read: ['NODE', 'OFFER'], write: ['OFFER'] },
        page: true,
        alongside: ['OFFER', 'INSTANCE'],
      },
      table: ['batchGet', 'query', 'put', 'update', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'catalog',
    impact: 'Nobody can write, publish or hand on what the catalogue offers, and nobody can look at it.',
    routes: catalog,
    needs: {
      sessions: {
        platform: { read: ['ASSIGNED'] },
        provider: { read: ['NODE', 'CATALOG', 'COMPANY', 'PERSON', 'ASSIGNED'] },
        line: { read: ['NODE', 'ASSIGNED'], write: ['ASSIGNED'] },
        alongside: ['ASSIGNED'],
      },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: catalogReactions,
    reactionNeeds: {
      wide: wide.following,
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
    },
  },
  {
    name: 'requests',
    impact: 'Nobody can request anything of the catalogue, and no request goes on.',
    routes: requests,
    needs: {
      sessions: { provider: { read: ['NODE', 'CATALOG'] }, line: { read: ['NODE'] } },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'helpdesk',
    impact: 'No provider can ask for MSP mode, and no ticket is decided: new providers cannot start.',
    routes: helpdesk,
    needs: {
      sessions: { platform: { write: ['TICKET', 'COMMENT'] } },
      table: ['batchGet', 'get', 'query', 'put', 'delete', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'directory',
    impact: 'Companies and people cannot be read, added or changed; customers cannot be picked.',
    routes: directory,
    needs: {
      sessions: { platform: { write: ['IDENTITY'] } },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: directoryReactions,
    reactionNeeds: { sessions: {}, table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'] },
  },
  {
    name: 'licensing',
    impact: 'Nobody can see or change licences or take seats, and no item can be monitored.',
    routes: licensing,
    needs: {
      sessions: {
        platform: { write: ['LICENCE_DUE'] },
        provider: { read: ['PRODUCT'], write: ['NODE', 'UNIQUE', 'LICENCE_KEY'] },
        line: { read: ['NODE'] },
      },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: licensingSubscribers,
    reactionNeeds: {
      sessions: { provider: { read: ['NODE'] }, line: { read: ['NODE'] } },
      table: ['batchGet', 'query', 'put', 'check'],
      index: true,
    },
    schedules: licensingSchedules,
    scheduleNeeds: {
      sessions: { platform: { write: ['LICENCE_DUE'] }, lists: ['LICENCE_DUE'] },
      table: ['batchGet', 'query', 'put', 'delete'],
    },
  },
  {
    name: 'probes',
    impact: 'Nobody can add, approve, revoke or look at probes; their agents go on reporting.',
    routes: probes,
    needs: {
      sessions: { platform: { write: ['WHEEL'] }, provider: { read: ['NODE'] }, line: { read: ['NODE'] } },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      cursor: true,
      rhythm: true,
    },
    subscribers: probeReactions,
    reactionNeeds: { wide: wide.summing, table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'] },
    schedules: probeSchedules,
    scheduleNeeds: {
      sessions: { platform: { write: ['WHEEL'] }, lists: ['WHEEL'], alongside: ['PROBE'] },
      table: ['batchGet', 'query', 'put', 'update', 'delete'],
      rhythm: true,
    },
    agent: {
      routes: agentRoutes,
      impact: 'No agent is heard: after three minutes every probe is told to be down.',
      needs: {
        sessions: { platform: { write: ['WHEEL'] }, provider: { write: ['NODE'] }, line: { read: ['NODE'] } },
        table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
        agents: true,
        rhythm: true,
      },
      apart: [
        {
          id: 'agent-inventory',
          routes: inventoryRoutes,
          impact: 'No agent can report what it has found, renamed or lost: agents keep it and send it later.',
          concurrency: 20,
        },
      ],
    },
  },
  {
    name: 'endpoints',
    impact: 'Nobody can see or change the machines, groups, policies and packages of a customer’s console.',
    routes: endpoints,
    needs: {
      sessions: { provider: { read: ['NODE', 'PRODUCT'] }, line: { read: ['NODE'] } },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
      rhythm: true,
    },
    agent: {
      routes: machineRoutes,
      impact:
        'No machine of any customer is heard, enrols or reads its policy; each goes on with what it has.',
      concurrency: 20,
      needs: {
        sessions: {},
        table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
        agents: true,
        rhythm: true,
      },
    },
  },
  {
    name: 'access',
    impact:
      'No customer can be imported or removed, and nobody can enter, or shut out of, a customer’s console.',
    routes: access,
    needs: {
      sessions: {
        platform: { write: ['IDENTITY', 'LICENCE_DUE', 'ACCESS_DUE', 'IMPORT_LINK'] },
        provider: { read: ['COMPANY', 'PRODUCT'], write: ['NODE', 'UNIQUE', 'AUDIT'] },
        line: { read: ['NODE'], write: ['AUDIT'] },
        page: true,
      },
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: accessReactions,
    reactionNeeds: {
      wide: wide.parting,
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'],
      index: true,
    },
    schedules: accessSchedules,
    scheduleNeeds: {
      sessions: { platform: { write: ['ACCESS_DUE'] }, lists: ['ACCESS_DUE'] },
      table: ['batchGet', 'query', 'put', 'delete'],
    },
    pages: {
      routes: accessPages,
      impact: 'Nobody can confirm or decline that a partner looks after an account.',
      needs: {
        wide: wide.answering,
        table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      },
      concurrency: 10,
    },
  },
  {
    name: 'notifications',
    impact: 'Nobody can see, snooze or send again what was told about a customer.',
    routes: notifications,
    needs: {
      sessions: { provider: { read: ['NODE', 'PRODUCT'] }, line: { read: ['NODE'] } },
      table: ['batchGet', 'get', 'query', 'put', 'delete', 'check'],
      cursor: true,
    },
    subscribers: notificationSubscribers,
    reactionNeeds: {
      sessions: {
        platform: { read: ['IDENTITY'], write: ['IMPORT_LINK'] },
        alongside: ['NOTICE', 'PRODUCT', 'PROBE', 'MACHINE'],
        provider: { read: ['NODE', 'NOTICE'] },
        line: { read: ['NODE', 'NOTICE'] },
      },
      table: ['batchGet', 'get', 'query', 'put'],
      mail: true,
    },
  },
  {
    name: 'provisioning',
    impact: 'Nobody can see, retry or reset what the provisioning engine does.',
    routes: provisioning,
    needs: {
      sessions: {
        provider: { read: ['NODE', 'DIRECTORY'] },
        line: { read: ['NODE', 'DIRECTORY'] },
      },
      table: ['batchGet', 'get', 'query', 'put'],
      cursor: true,
      directory: 'named',
    },
    subscribers: provisioningSubscribers,
    reactionNeeds: {
      wide: wide.cascading,
      table: ['batchGet', 'get', 'query', 'put', 'delete'],
      index: true,
      directory: 'reached',
    },
  },
  {
    name: 'audit',
    impact: 'Nobody can look up who did what; it is still recorded.',
    routes: audit,
    needs: {
      sessions: {
        provider: { read: ['NODE', 'SEAL'], find: ['AUDIT'] },
        line: { read: ['NODE'] },
        page: true,
      },
      table: ['batchGet', 'get', 'query'],
      index: true,
      cursor: true,
    },
    schedules: auditSchedules,
    scheduleNeeds: {
      wide: wide.anchoring,
      table: ['batchGet', 'query'],
      index: true,
      clears: 'ANCHOR_DUE',
      anchors: true,
    },
  },
];
