import { OneOf } from '../platform/body-rules.js';
import { type Card, CARDS } from './payment.view.js';

export class PayBody {
  @OneOf(CARDS, { optional: true, example: 'succeeds' })
  card?: Card;
}
