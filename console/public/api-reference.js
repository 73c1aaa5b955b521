/**
 * Shows the API reference on the page at `/docs`. In the local stack, which issues tokens to anyone, requests that are
 * tried out carry a token with every scope; elsewhere the reader enters one.
 */

/** @returns a token of the local stack; an empty text elsewhere, where an issuer is configured */
async function localToken(description) {
  const config = await fetch('/console-config.json').then((response) => response.json());
  if (config.issuer !== undefined) return '';
  const operations = Object.values(description.paths).flatMap((path) => Object.values(path));
  const required = operations.flatMap(({ security = [] }) =>
    security.flatMap(({ accessToken = [] }) => accessToken),
  );
  const body = JSON.stringify({ scope: [...new Set(required)].join(' '), sub: 'api-reference' });
  const { access_token: token } = await fetch('/dev/token', { method: 'POST', body }).then((answer) =>
    answer.json(),
  );
  return token;
}

const description = await fetch('/openapi.json').then((response) => response.json());
const token = await localToken(description).catch(() => '');
document.getElementById('reference').replaceChildren();
window.Scalar.createApiReference('#reference', {
  content: description,
  baseServerURL: location.origin,
  authentication: { preferredSecurityScheme: 'accessToken', securitySchemes: { accessToken: { token } } },
  // Nothing is asked of anyone but this API.
  proxyUrl: '',
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  // Each operation shows its own.
  hideModels: true,
  showDeveloperTools: 'never',
});
