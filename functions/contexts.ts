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

/** Every bounded context: what is deployed, routed, documented and tested. */
export const contexts: readonly Context[] = [
  {
    name: 'platform',
    impact: 'Nobody can see who they are, and no provider can be added or changed.',
    routes: platform,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    schedules: platformSchedules,
    scheduleNeeds: { table: ['batchGet', 'query'], index: true, keeps: 'RECONCILER' },
  },
  {
    name: 'credits',
    impact: 'Nobody can grant, debit or read credits; requests for priced services fail.',
    routes: credits,
    needs: { table: ['batchGet', 'get', 'query', 'put', 'check'], cursor: true },
    subscribers: creditReactions,
    reactionNeeds: { table: ['batchGet', 'query', 'put'] },
    schedules: creditSchedules,
    scheduleNeeds: { table: ['batchGet', 'query', 'put', 'delete'] },
  },
  {
    name: 'customers',
    impact: 'Nobody can add, find or change a customer or its administrators.',
    routes: customers,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: customerReactions,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put', 'delete'], index: true },
  },
  {
    name: 'users',
    impact: 'Nobody can add, find or change the users of a customer or their roles.',
    routes: users,
    needs: {
      table: ['batchGet', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
  },
  {
    name: 'services',
    impact: 'Nobody can define, offer or provision services, and no bill can be read.',
    routes: services,
    needs: { table: ['batchGet', 'query', 'put', 'update', 'check'], index: true, cursor: true },
  },
  {
    name: 'catalog',
    impact: 'Nobody can write, publish or hand on what the catalogue offers, and nobody can look at it.',
    routes: catalog,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: catalogReactions,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'] },
  },
  {
    name: 'requests',
    impact: 'Nobody can request anything of the catalogue, and no request goes on.',
    routes: requests,
    needs: { table: ['batchGet', 'get', 'query', 'put', 'update', 'check'], index: true, cursor: true },
  },
  {
    name: 'helpdesk',
    impact: 'No provider can ask for MSP mode, and no ticket is decided: new providers cannot start.',
    routes: helpdesk,
    needs: { table: ['batchGet', 'get', 'query', 'put', 'delete', 'check'], index: true, cursor: true },
  },
  {
    name: 'directory',
    impact: 'Companies and people cannot be read, added or changed; customers cannot be picked.',
    routes: directory,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: directoryReactions,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'] },
  },
  {
    name: 'licensing',
    impact: 'Nobody can see or change licences or take seats, and no item can be monitored.',
    routes: licensing,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: licensingSubscribers,
    reactionNeeds: { table: ['batchGet', 'query', 'put', 'check'], index: true },
    schedules: licensingSchedules,
    scheduleNeeds: { table: ['batchGet', 'query', 'put', 'delete'] },
  },
  {
    name: 'probes',
    impact: 'Nobody can add, approve, revoke or look at probes; their agents go on reporting.',
    routes: probes,
    needs: {
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      cursor: true,
      rhythm: true,
    },
    subscribers: probeReactions,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'] },
    schedules: probeSchedules,
    scheduleNeeds: { table: ['batchGet', 'query', 'put', 'update', 'delete'], rhythm: true },
    agent: {
      routes: agentRoutes,
      impact: 'No agent is heard: after three minutes every probe is told to be down.',
      needs: {
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
      table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'],
      index: true,
      cursor: true,
    },
    subscribers: accessReactions,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put', 'update', 'delete'], index: true },
    schedules: accessSchedules,
    scheduleNeeds: { table: ['batchGet', 'query', 'put', 'delete'] },
    pages: {
      routes: accessPages,
      impact: 'Nobody can confirm or decline that a partner looks after an account.',
      needs: { table: ['batchGet', 'get', 'query', 'put', 'update', 'delete', 'check'] },
      concurrency: 10,
    },
  },
  {
    name: 'notifications',
    impact: 'Nobody can see, snooze or send again what was told about a customer.',
    routes: notifications,
    needs: { table: ['batchGet', 'get', 'query', 'put', 'delete', 'check'], cursor: true },
    subscribers: notificationSubscribers,
    reactionNeeds: { table: ['batchGet', 'get', 'query', 'put'], mail: true },
  },
  {
    name: 'provisioning',
    impact: 'Nobody can see, retry or reset what the provisioning engine does.',
    routes: provisioning,
    needs: { table: ['batchGet', 'get', 'query', 'put'], cursor: true, directory: 'named' },
    subscribers: provisioningSubscribers,
    reactionNeeds: {
      table: ['batchGet', 'get', 'query', 'put', 'delete'],
      index: true,
      directory: 'reached',
    },
  },
  {
    name: 'audit',
    impact: 'Nobody can look up who did what; it is still recorded.',
    routes: audit,
    needs: { table: ['batchGet', 'get', 'query'], index: true, cursor: true },
    schedules: auditSchedules,
    scheduleNeeds: { table: ['batchGet', 'query'], index: true, clears: 'ANCHOR_DUE', anchors: true },
  },
];
