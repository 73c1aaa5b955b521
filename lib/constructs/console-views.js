/**
 * Runs in CloudFront before the console's files are looked for. Files lie at the top and in `assets`; every other path
 * is a view of the console, also where an order or a SKU in it has a dot, and its one page shows it.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const isFile = request.uri.startsWith('/assets/') || /^\/[^/]+\.[a-z0-9]+$/.test(request.uri);
  if (!isFile) request.uri = '/index.html';
  return request;
}
