import { ApiKeyScope } from '../generated/prisma/enums.js';
import { OneOf, PrintableText } from '../platform/body-rules.js';
import { NAME_LENGTH_MAX, REASON_LENGTH_MAX } from '../sales/sale-limits.js';

export class IssueApiKeyBody {
  @PrintableText(NAME_LENGTH_MAX, { example: 'Shop backend, Frankfurt', description: 'What tells it from the others' })
  name!: string;

  @OneOf(Object.values(ApiKeyScope), { example: 'storefront', description: 'admin may do everything below /v1/admin' })
  scope!: ApiKeyScope;

  @PrintableText(REASON_LENGTH_MAX, { optional: true, example: 'A second region', description: 'For the audit log' })
  reason?: string;
}

export class RevokeApiKeyQuery {
  @PrintableText(REASON_LENGTH_MAX, { example: 'The laptop was stolen', description: 'For the audit log' })
  reason!: string;
}
