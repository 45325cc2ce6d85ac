/** For Swagger UI: nothing is asked of other hosts, and nothing of the caller is kept. */
const settings = {
  url: '/openapi.json',
  dom_id: '#api-reference',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
};

/** What the renderer ends with: it is one file, for no script may stand in the page. */
export const startRenderer = `\nSwaggerUIBundle(${JSON.stringify(settings)});\n`;

/** The reference, rendered by Swagger UI from our own origin. */
export const referencePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quartermaster API</title>
<link rel="stylesheet" href="/docs/reference.css">
</head>
<body>
<noscript><p>This page needs JavaScript. The document itself is <a href="/openapi.json">openapi.json</a>.</p></noscript>
<div id="api-reference"></div>
<script src="/docs/reference.js"></script>
</body>
</html>
`;
