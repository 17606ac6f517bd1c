import { text } from 'node:stream/consumers';
import { csvText, type CsvRow } from '../../src/admin/csv-text.js';

const silent = (): void => undefined;

/** Pages of one row each, that say how far they were asked for and whether anybody told them to stop. */
function counted(pages: number, failsAt = Infinity): { pages: AsyncGenerator<CsvRow[]>; asked: () => number } {
  let asked = 0;
  async function* make(): AsyncGenerator<CsvRow[]> {
    for (; asked < pages; asked++) {
      if (asked === failsAt) throw new Error('Postgres went away');
      yield await Promise.resolve([{ id: asked, name: 'x'.repeat(10_000) }]);
    }
  }
  return { pages: make(), asked: () => asked };
}

describe('csvText', () => {
  async function* one(row: CsvRow): AsyncGenerator<CsvRow[]> {
    yield await Promise.resolve([row]);
  }
  const cell = async (value: CsvRow[string]): Promise<string> =>
    (await text(csvText(['a'], one({ a: value }), silent))).slice('a\r\n'.length).replace(/\r\n$/, '');

  it('names the columns first, also where there is no row', async () => {
    expect(await text(csvText(['id', 'name'], counted(0).pages, silent))).toBe('id,name\r\n');
    expect(await text(csvText(['a', 'b'], one({ b: 2, a: 1, c: 3 }), silent))).toBe('a,b\r\n1,2\r\n');
  });

  it.each<[CsvRow[string], string]>([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-5', "'-5"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"'],
    [-5, '-5'],
    [0, '0'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    ['Säulen', 'Säulen'],
  ])('writes %p as %s', async (value, written) => {
    expect(await cell(value)).toBe(written);
  });

  it('asks for no more rows than are read, and for none once nobody reads', async () => {
    const { pages, asked } = counted(10_000);
    const ended = new Promise<Error | null>((resolve) => {
      const stream = csvText(['id', 'name'], pages, resolve);
      stream.once('data', () => stream.destroy());
    });
    expect((await ended)?.message).toContain('Premature close');
    expect(asked()).toBeLessThan(100);
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });

  it('cuts the text off where a page cannot be had', async () => {
    const ends: [Error | null, number][] = [];
    const stream = csvText(['id', 'name'], counted(10, 3).pages, (...end) => ends.push(end));
    await expect(text(stream)).rejects.toThrow('Postgres went away');
    expect(ends).toEqual([[expect.objectContaining({ message: 'Postgres went away' }), 3]]);
  });
});
