import { PrintableText } from '../platform/body-rules.js';

const NAME_LENGTH_MAX = 60;

export class LoginBody {
  @PrintableText(NAME_LENGTH_MAX, { optional: true, example: 'Ada' })
  name?: string;
}
