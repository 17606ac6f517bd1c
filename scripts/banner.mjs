// What a reader sees when everything runs: where it is, the keys, and a command that holds a unit.

/** `shop` says whether there is a demo shop; `demo` is null when there is no demo sale, `secrets` when the keys are the user's own and not ours to print. */
export function banner({ url, secrets, shop, demo, seconds }) {
  const lines = [
    `Holdfast is ready after ${seconds.toFixed(1)} s. Ctrl-C stops it; what it holds and sold stays for the next start.`,
    '',
    ...(shop ? [`  Shop      ${url}/shop      (open it in two windows: each is a buyer)`] : []),
    `  Dashboard ${url}/admin     (sign in with the admin key)`,
    `  API       ${url}/v1`,
    `  Docs      ${url}/docs      (OpenAPI: ${url}/openapi.json)`,
    `  Health    ${url}/health/live   ${url}/health/ready`,
    `  Metrics   ${url}/metrics`,
  ];
  if (secrets)
    lines.push('', `  admin key       ${secrets.ADMIN_API_KEY}`, `  storefront key  ${secrets.STOREFRONT_API_KEY}`);
  if (secrets && demo)
    lines.push(
      '',
      'Hold a unit of the demo sale:',
      '',
      holdCommand({ url, key: secrets.STOREFRONT_API_KEY, ...demo }),
      ...nextSteps(url),
    );
  return `\n${lines.join('\n')}\n`;
}

/**
 * Works in sh, bash, zsh and fish, and again when pasted again: without an Idempotency-Key each is a new request, and
 * the customer is a new one each second, so that nobody runs into the limit of units for one customer.
 */
export function holdCommand({ url, key, saleId, skuId }) {
  const body = JSON.stringify({ customerId: 'CUSTOMER', lines: [{ skuId, quantity: 1 }] }).replace(
    'CUSTOMER',
    `c_'$(date +%s)'`,
  );
  return [
    `curl -sS ${url}/v1/sales/${saleId}/reservations \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\`,
    `  -d '${body}'`,
  ].join('\n');
}

const nextSteps = (url) => [
  '',
  'Then, with the "id" of its answer and the same Authorization:',
  '',
  `  POST ${url}/v1/reservations/{id}/checkout   pins it while the customer pays`,
  `  POST ${url}/v1/reservations/{id}/confirm    {"paymentReference":"pay_1"} makes the order`,
];
