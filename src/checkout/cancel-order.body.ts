import { PrintableText, YesOrNo } from '../platform/body-rules.js';

const REASON_LENGTH_MAX = 500;

export class CancelOrderBody {
  @YesOrNo({ example: true, description: 'Whether the units go back on sale, or stay sold' })
  restock!: boolean;

  @PrintableText(REASON_LENGTH_MAX, { example: 'The customer called', description: 'For the audit log' })
  reason!: string;
}
