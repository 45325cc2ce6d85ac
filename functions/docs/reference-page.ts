import { escapeHtml } from '../../lib/kit/html.ts';

const settings = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
};

/** The reference, rendered by Scalar from our own origin. */
export const referencePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quartermaster API</title>
</head>
<body>
<noscript><p>This page needs JavaScript. The document itself is <a href="/openapi.json">openapi.json</a>.</p></noscript>
<script id="api-reference" type="application/json" data-configuration="${escapeHtml(JSON.stringify(settings))}"></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
`;
