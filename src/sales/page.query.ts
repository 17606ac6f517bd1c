import { Type } from 'class-transformer';
import { PrintableText, WholeNumber } from '../platform/body-rules.js';
import { CURSOR_LENGTH_MAX, PAGE_LIMIT } from './sale-limits.js';

/** Which page of a list. */
export class PageQuery {
  @WholeNumber(PAGE_LIMIT, {
    optional: true,
    example: PAGE_LIMIT.initial,
    description: 'Entries of a page; default 20',
  })
  @Type(() => Number)
  limit?: number;

  @PrintableText(CURSOR_LENGTH_MAX, {
    optional: true,
    example: 'MTc2Mzc1',
    description: "The page before's nextCursor",
  })
  cursor?: string;
}
