import { escapeHtml } from '../../lib/kit/html.ts';
import type { ProblemRow } from './problems.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #ccc}
tr:target{background:#ffe9a8}`;

/** Every refusal in one table; a problem's `type` points at its row. */
export function problemsPage(rows: readonly ProblemRow[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems · Quartermaster API</title>
<style>${style}</style>
</head>
<body>
<h1>Problems</h1>
<p>What the API may refuse, as <code>application/problem+json</code> (RFC 9457). Codes never change their meaning.
<a href="/docs">Reference</a></p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Again?</th><th>Operations</th></tr></thead>
<tbody>
${rows.map(rowOf).join('\n')}
</tbody>
</table>
</body>
</html>
`;
}

function rowOf({ code, status, title, retryable, operations }: ProblemRow): string {
  const cells = [
    `<code>${escapeHtml(code)}</code>`,
    String(status),
    escapeHtml(title),
    retryable ? 'The same request may succeed later' : '',
    operations.length ? operations.map(escapeHtml).join(', ') : 'any',
  ];
  return `<tr id="${escapeHtml(code)}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
