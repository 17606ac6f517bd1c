import { PrintableText } from '../platform/body-rules.js';
import { NAME_LENGTH_MAX, REASON_LENGTH_MAX } from './sale-limits.js';
import { SaleSettingsBody } from './sale-settings.body.js';

/** Why something is done, for the audit log. */
export class ReasonBody {
  @PrintableText(REASON_LENGTH_MAX, { example: 'The doors are open', description: 'For the audit log' })
  reason!: string;
}

/** What is to be different; what is left out stays. */
export class ChangeSaleBody extends SaleSettingsBody {
  @PrintableText(NAME_LENGTH_MAX, { optional: true, example: 'Midnight Drop' })
  name?: string;

  @PrintableText(REASON_LENGTH_MAX, { example: 'The band arrives late', description: 'For the audit log' })
  reason!: string;
}
