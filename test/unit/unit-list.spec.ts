import { Problem } from '../../src/problems.js';
import { readUnitList } from '../../src/supply/read-unit-list.js';

/** What is wrong with a list, as 'pointer: detail'. */
function faults(body: unknown): string[] {
  try {
    readUnitList(body);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('invalid-request');
    return (error.extensions['errors'] as { pointer: string; detail: string }[]).map(
      (e) => `${e.pointer}: ${e.detail}`,
    );
  }
}

const plain = (body: unknown): unknown[] =>
  readUnitList(body).map(({ label, section, row, seat }) => [label, section, row, seat]);

const TEXT = 'must be 1 to 64 printable characters, without a space at either end';

describe('a list of units', () => {
  it('is CSV with a header, its columns in any order, or a JSON array', () => {
    const expected = [
      ['A-1', 'Stalls', 'A', 1],
      ['A-2', 'Stalls', null, null],
    ];
    expect(plain('\uFEFFlabel,section,row,seat\r\nA-1,Stalls,A,1\r\n\r\n"A-2",Stalls,,\r\n')).toEqual(expected);
    expect(plain('seat,label,row,section\n1, A-1 ,A,Stalls\n,A-2,,Stalls')).toEqual(expected);
    expect(
      plain([
        { label: 'A-1', section: 'Stalls', row: 'A', seat: 1 },
        { label: 'A-2', section: 'Stalls', row: null },
      ]),
    ).toEqual(expected);
    expect(plain('label\n"Row ""B"", left"')).toEqual([['Row "B", left', null, null, null]]);
  });

  it('is told by the line what is wrong with it', () => {
    expect(faults('label,seat\nA-1,1\n,2\n\nA-3,x\nA-1,3\nA-5,5,6')).toEqual([
      `line 3, label: ${TEXT}`,
      'line 5, seat: must be a whole number from 0 to 1000000',
      'line 6, label: is the same as line 2, label',
      'line 7: must have 2 cells, as the header has',
    ]);
    expect(faults('label\nA-1\n"A-2')).toEqual(['line 3: is no CSV: a quote is not closed, or not where it may be']);
    const header = ['line 1: must name the columns label, section, row, seat, label at least, each once'];
    for (const text of ['A-1,Stalls\nA-2,Stalls', 'section\nx', 'label,label\na,b', 'label,price\na,1', '']) {
      expect(faults(text)).toEqual(header);
    }
    expect(faults('label\n')).toEqual([': must be a list of 1 to 10000 units']);
  });

  it('is told by the pointer what is wrong with it', () => {
    expect(faults([{ label: 'A-1' }, { label: ' A' }, 7, { label: 'A-1', seat: '4', colour: 'red' }])).toEqual([
      `/1/label: ${TEXT}`,
      `/2/label: ${TEXT}`,
      '/3/colour: is not a member of a unit',
      '/3/seat: must be a whole number from 0 to 1000000',
      '/3/label: is the same as /0/label',
    ]);
    for (const body of [null, undefined, {}, 7]) {
      expect(faults(body)).toEqual([': must be a list of units, as JSON or as text/csv']);
    }
  });

  it('has at most 10,000 units, and at most 100 of its faults are told', () => {
    const seats = Array.from({ length: 10_001 }, (_, i) => ({ label: `S-${i}` }));
    expect(plain(seats.slice(1))).toHaveLength(10_000);
    expect(faults(seats)).toEqual([': must be a list of 1 to 10000 units']);
    expect(faults(seats.slice(1).map(() => ({ label: '' })))).toHaveLength(100);
    expect(
      plain(
        `label\n${seats
          .slice(1)
          .map(({ label }) => label)
          .join('\n')}`,
      ),
    ).toHaveLength(10_000);
  });

  it('that is far too long is refused for its length alone, and not read to its end', () => {
    const unread = Object.defineProperty(new Array<unknown>(20_000).fill(0), 19_999, {
      get: () => {
        throw new Error('was read');
      },
    });
    expect(faults(unread)).toEqual([': must be a list of 1 to 10000 units']);
    expect(faults(`label\n${'a\n'.repeat(20_000)}"never closed`)).toEqual([': must be a list of 1 to 10000 units']);
  });
});
