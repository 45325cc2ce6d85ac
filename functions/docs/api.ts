import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import openApi from '../../docs/openapi.json' with { type: 'json' };
import type { ProblemRow } from './problems.ts';
import { problemsPage } from './problems-page.ts';
import { referencePage } from './reference-page.ts';
import { type Document, reply } from './reply.ts';
import { type DocumentId, routes } from './routes.ts';

const beside = (file: string) => readFileSync(join(import.meta.dirname, file));

const made = new Map<string, Document>();

const makers: Record<DocumentId, (acceptsGzip: boolean) => Document> = {
  getOpenApi: () => ({ type: 'application/json', body: JSON.stringify(openApi) }),
  getDocs: () => ({ type: 'text/html; charset=utf-8', body: referencePage }),
  getProblems: () => ({
    type: 'text/html; charset=utf-8',
    body: problemsPage(JSON.parse(beside('problems.json').toString()) as ProblemRow[]),
  }),
  getDocsRenderer: (acceptsGzip) => {
    const type = 'text/javascript; charset=utf-8';
    const zipped = beside('scalar.js.gz');
    return acceptsGzip
      ? { type, body: zipped, encoding: 'gzip' }
      : { type, body: gunzipSync(zipped).toString() };
  },
};

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const route = routes.find(({ method, path }) => event.routeKey === `${method} ${path}`);
  if (!route) return { statusCode: 404 };
  const acceptsGzip = /\bgzip\b/.test(event.headers['accept-encoding'] ?? '');
  const name = `${route.id} ${acceptsGzip}`;
  const document = made.get(name) ?? makers[route.id](acceptsGzip);
  made.set(name, document);
  return reply(document, event.headers['if-none-match']);
}
