import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { bundle } from '../../infra/bundle.ts';
import { agentProblems, shellProblems } from '../../lib/kit/problem.ts';

const directory = mkdtempSync(join(tmpdir(), 'docs-'));
const { handler } = createRequire(import.meta.url)(join(bundle(directory).directory('Docs'), 'index.js'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  handler({ routeKey: `GET ${path}`, rawPath: path, headers });

describe('documents', () => {
  it('serve the OpenAPI document', async () => {
    const { statusCode, headers, body } = await get('/openapi.json');
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body).openapi).toMatch(/^3\.1/);
  });

  it('serve a page that takes nothing from other hosts', async () => {
    const { statusCode, headers, body } = await get('/docs');
    expect(statusCode).toBe(200);
    expect(body).not.toMatch(/https?:\/\//);
    expect(body).not.toMatch(/<script>|onload=/);
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
  });

  it('serve the renderer compressed, whole and cacheable', async () => {
    const { headers, body, isBase64Encoded } = await get('/docs/reference.js', {
      'accept-encoding': 'br, gzip',
    });
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'cache-control': expect.stringContaining('max-age'),
    });
    expect(isBase64Encoded).toBe(true);
    expect(body.length).toBeLessThan(6_000_000);
    const script = gunzipSync(Buffer.from(body, 'base64')).toString();
    const plain = await get('/docs/reference.js');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body).toBe(script);
    expect(plain.body.length).toBeLessThan(6_000_000);
  });

  it('name in the page what is there beside it', async () => {
    const { body } = await get('/docs');
    const named = [...body.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(named).toEqual(['/docs/reference.css', '/docs/reference.js']);
    for (const path of named) expect((await get(path)).statusCode).toBe(200);
    const { headers, body: style } = await get('/docs/reference.css');
    expect(headers['content-type']).toBe('text/css; charset=utf-8');
    expect(style).not.toMatch(/url\((?!"?data:)/);
  });

  it('are all compressed for whom that helps', async () => {
    const { headers, body } = await get('/openapi.json', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    const plain = await get('/openapi.json');
    expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe(plain.body);
    expect(body.length).toBeLessThan(plain.body.length / 2);
  });

  it('are not sent twice', async () => {
    const { headers } = await get('/docs');
    const again = await get('/docs', { 'if-none-match': headers.etag });
    expect(again).toMatchObject({ statusCode: 304 });
    expect(again.body).toBeUndefined();
  });

  it('list every problem that anything may answer, once', async () => {
    const { body } = await get('/docs/problems');
    const refused = contexts.flatMap(({ routes, agent }) =>
      [...routes, ...(agent?.routes ?? [])].flatMap(({ refuses }) => refuses),
    );
    for (const { code, status } of [...refused, ...shellProblems, ...agentProblems]) {
      expect(body.split(`<tr id="${code}">`)).toHaveLength(2);
      expect(body).toContain(`<code>${code}</code></td><td>${status}</td>`);
    }
  });

  it('know no other address', async () => {
    expect(await get('/docs/other')).toMatchObject({ statusCode: 404 });
  });
});
