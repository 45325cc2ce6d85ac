import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ProblemRow } from './problems.ts';
import { problemsPage } from './problems-page.ts';
import { referencePage } from './reference-page.ts';
import { type Document, reply } from './reply.ts';
import { type DocumentId, routes } from './routes.ts';

const beside = (file: string) => readFileSync(join(import.meta.dirname, file));

const makers: Record<DocumentId, () => Document> = {
  getOpenApi: () => ({ type: 'application/json', gzipped: beside('openapi.json.gz') }),
  getDocs: () => ({ type: 'text/html; charset=utf-8', body: referencePage }),
  getProblems: () => ({
    type: 'text/html; charset=utf-8',
    body: problemsPage(JSON.parse(beside('problems.json').toString()) as ProblemRow[]),
  }),
  getDocsRenderer: () => ({ type: 'text/javascript; charset=utf-8', gzipped: beside('reference.js.gz') }),
  getDocsStyle: () => ({ type: 'text/css; charset=utf-8', gzipped: beside('reference.css.gz') }),
};

const made = new Map<DocumentId, Document>();

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const route = routes.find(({ method, path }) => event.routeKey === `${method} ${path}`);
  if (!route) return { statusCode: 404 };
  const document = made.get(route.id) ?? makers[route.id]();
  made.set(route.id, document);
  return reply(document, event.headers);
}
