import { ListOfText, OneOf, PrintableText, WholeNumber } from '../platform/body-rules.js';
import { LABEL_LENGTH_MAX, REASON_LENGTH_MAX } from '../sales/sale-limits.js';
import { CAPACITY, UNITS_PER_BLOCK_MAX } from './supply-limits.js';

const MODES = ['now', 'as_holds_end'] as const;

/** How many units there are to be. */
export class CapacityBody {
  @WholeNumber(CAPACITY, { example: 1200 })
  capacity!: number;

  @OneOf(MODES, {
    optional: true,
    example: 'now',
    description:
      'How to go down. now (default): refused unless as many are available. as_holds_end: what is held goes as it comes back',
  })
  mode?: (typeof MODES)[number];

  @PrintableText(REASON_LENGTH_MAX, { example: 'The hall opens its balcony', description: 'For the audit log' })
  reason!: string;
}

/** Units by their names: labels of the seat map, or numbers. */
export class NamedUnitsBody {
  @ListOfText({ entriesMax: UNITS_PER_BLOCK_MAX, lengthMax: LABEL_LENGTH_MAX }, { example: ['A-12', 'A-13'] })
  units!: string[];

  @PrintableText(REASON_LENGTH_MAX, { example: 'Seats behind the camera', description: 'For the audit log' })
  reason!: string;
}
