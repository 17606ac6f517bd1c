import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `
Sells a limited number of units to far more buyers than there are units, and never the same unit twice.

**The flow**

1. \`POST /v1/sales/{saleId}/reservations\` asks for units. With \`Prefer: wait=5\` the answer is the decision: \`201\` held or
   \`409\` refused; else, or when time is up, \`202\` queued, and \`Location\` says where to ask.
2. \`POST /v1/reservations/{id}/checkout\` pins the hold for the payment window.
3. \`POST /v1/reservations/{id}/confirm\` with the payment's reference makes the order. \`DELETE /v1/reservations/{id}\` gives the
   units back instead; a hold whose \`expiresAt\` passes goes back by itself.

**Every refusal** is a problem (RFC 9457, \`application/problem+json\`): branch on its \`code\`. Of several that apply, the first in
order of precedence is the answer. A refusal after a \`202\` stands in the reservation's \`problem\`. A \`503\` is an unknown outcome:
repeat with the same \`Idempotency-Key\` or the same \`paymentReference\`, and never refund on it.

**Conventions.** JSON in camelCase; times as in RFC 3339, in UTC with milliseconds; money as whole minor units beside a currency of
ISO 4217; ids are opaque. Members of a body that are not described here are refused, and so are query parameters where any are
described; answers may gain members, so ignore those you do not know. Whatever answers \`GET\` answers \`HEAD\` too. A path that is not here is a
\`route-not-found\`, another method than those here a \`method-not-allowed\`, and a URL that cannot be decoded a
\`malformed-request\`; they are among the shared responses. What the event streams tell is described in \`/asyncapi.json\` (AsyncAPI 3).
`.trim();

/** What the document says of the API as a whole. */
export function describeApi(): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Holdfast')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'Where this document came from')
    .addTag('Sales', 'What is on sale, and what of it can be had')
    .addTag('Reservations', 'Units asked for, held, prolonged')
    .addTag('Checkout', 'From a hold to an order, or back')
    .addTag('Orders', 'What was sold')
    .addTag('Admin: sales', 'Sales made, changed, opened, paused, closed')
    .addTag('Admin: SKUs', 'Capacity and single units, while they are sold')
    .addTag('Admin: queues', 'What waits to be decided, and what failed')
    .addTag('Admin: holds', 'What is held now, given back and prolonged by operators')
    .addTag('Admin: exports', 'Holds and orders as CSV')
    .addTag('Admin: customers', 'What is held of a customer: shown, and erased')
    .addTag('Admin: API keys', 'Who may call for a shop, and who may operate')
    .addTag('Admin: stats', 'A sale at a glance, while it runs')
    .addTag('Admin: history', 'What happened to reservations, and why')
    .addTag('Admin: audit', 'Who did what, and why')
    .addTag('Admin: session', 'Signing in to the dashboard, and out')
    .addTag('Admin: ledger', 'Whether Redis and Postgres agree, and what to do where they do not')
    .addTag('Health', 'For whoever runs it')
    .addSecurity('buyer', {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: "A buyer, by a token of the shop's: `sub` is the customer's id",
    })
    .addSecurity('service', {
      type: 'http',
      scheme: 'bearer',
      description: "A storefront's backend, by an API key (`hf_sk_…`) of scope storefront",
    })
    .addSecurity('admin', {
      type: 'http',
      scheme: 'bearer',
      description: 'An operator, by an API key (`hf_sk_…`) of scope admin',
    })
    .addSecurity('session', {
      type: 'apiKey',
      in: 'cookie',
      name: 'holdfast_session',
      description:
        'An operator who signed in to the dashboard, beside the header `X-Holdfast-Session: 1`. Where the URL has a port ' +
        'the name of the cookie ends in `_` and the port',
    })
    .addSecurity('ticket', {
      type: 'apiKey',
      in: 'query',
      name: 'ticket',
      description: 'A ticket for one stream, instead of credentials: `EventSource` can send no header',
    })
    .addSecurity('metrics', { type: 'http', scheme: 'bearer', description: '`METRICS_TOKEN`' })
    .build();
}
