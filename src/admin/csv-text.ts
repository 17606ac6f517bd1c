import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** What one column says of a row; null and undefined leave the cell empty. */
export type CsvCell = string | number | boolean | null | undefined;
export type CsvRow = Readonly<Record<string, CsvCell>>;

/** Names of the units of a line in one cell. */
export const UNIT_SEPARATOR = '; ';

/**
 * The text of a table (RFC 4180, UTF-8) with the columns' names first. Rows are asked for as the text is read, so that
 * no more than a page of them is in memory. A cell that a spreadsheet would take for a formula begins with `'`.
 */
export function csvText(
  columns: readonly string[],
  pages: AsyncIterable<readonly CsvRow[]>,
  onEnd: (error: Error | null, rows: number) => void,
): Readable {
  let rows = 0;
  async function* flat(): AsyncGenerator<CsvRow> {
    for await (const page of pages) {
      rows += page.length;
      yield* page;
    }
  }
  const text = stringify({
    ...{ header: true, columns, record_delimiter: 'windows', quote_record_delimiter: true, escape_formulas: true },
    cast: { boolean: String },
  });
  // Whoever stops reading stops the asking, too; an error cuts the answer off, so that no half of a table looks whole.
  return pipeline(Readable.from(flat()), text, (error) => onEnd(error ?? null, rows));
}
