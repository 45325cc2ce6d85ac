import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { laterPage, malformedPage, pageHeaders } from '../../lib/access/import-page.ts';
import { log } from '../../lib/aws/log.ts';
import { answerOnPage, type Shown, showImport } from './answer-on-page.ts';
import { readForm } from './import-form.ts';

/** The page behind the link of an import, for people without a token of ours. What a request carries is never logged. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { requestId } = event.requestContext;
  let shown: Shown;
  try {
    shown = await respond(event);
  } catch (error) {
    log().error('unexpected', { route: event.routeKey, requestId, error: (error as Error).name });
    shown = { status: 503, html: laterPage() };
  }
  log().info('request', { route: event.routeKey, requestId, status: shown.status });
  return { statusCode: shown.status, headers: pageHeaders(), body: shown.html };
}

async function respond(event: APIGatewayProxyEventV2): Promise<Shown> {
  if (event.routeKey.startsWith('GET ')) {
    return showImport(new URLSearchParams(event.rawQueryString).get('token') ?? '');
  }
  const form = readForm(event);
  if (!form) return { status: 400, html: malformedPage() };
  return answerOnPage(form, event.requestContext.requestId);
}
