import fs from 'node:fs';
import { SALE_KEYS } from '../../src/inventory/sale-keys.js';
import { loadScript } from '../../src/inventory/script.js';

/** Lets the loader read a file with a mistake in it. */
function withMistake(file: string, from: string | RegExp, to: string): void {
  const read = fs.readFileSync;
  jest.spyOn(fs, 'readFileSync').mockImplementation(((path: fs.PathOrFileDescriptor, encoding: BufferEncoding) => {
    const text = read(path, encoding);
    return String(path).endsWith(file) ? text.replace(from, to) : text;
  }) as typeof fs.readFileSync);
}

afterEach(() => jest.restoreAllMocks());

describe('the loader', () => {
  it('puts fragments in place, and one of the two clocks', () => {
    const script = loadScript('pin', ['epoch', 'id'], false);
    expect(script.text).toContain('local function sku_of');
    expect(script.text).not.toMatch(/^--@/m);
    expect(script.text).not.toContain("redis.call('GET', KEYS[2])");
    expect(loadScript('pin', ['epoch', 'id'], true).text).toContain("redis.call('GET', KEYS[2])");
    expect(script.sha).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each([[['epoch']], [['epoch', 'id', 'more']], [['id', 'epoch']], [[]]])(
    'refuses a wrapper that passes %j',
    (args) => {
      expect(() => loadScript('pin', args, false)).toThrow('lua/pin.lua documents ARGV epoch, id; its wrapper passes');
    },
  );

  it('refuses a header that documents other arguments', () => {
    withMistake('pin.lua', 'ARGV[2]  id', 'ARGV[2]  tail');
    expect(() => loadScript('pin', ['epoch', 'id'], false)).toThrow('lua/pin.lua documents ARGV epoch, tail');
  });

  it('refuses a script under the header of another', () => {
    withMistake('pin.lua', '--[[ pin:', '--[[ extend:');
    expect(() => loadScript('pin', ['epoch', 'id'], false)).toThrow('needs a header that begins "--[[ pin: …"');
  });

  it.each(SALE_KEYS)('refuses a list of keys without %s', (name) => {
    withMistake('fragments/sale.lua', new RegExp(String.raw`(?<=KEYS\[\d+\]\s+)${name}\b`), 'something');
    expect(() => loadScript('pin', ['epoch', 'id'], false)).toThrow('name different keys');
  });

  it('refuses scripts that know other layouts than layout.ts', () => {
    withMistake('fragments/sale.lua', /LAYOUT_NEWEST = (\d+), \d+/, 'LAYOUT_NEWEST = $1, 9');
    expect(() => loadScript('pin', ['epoch', 'id'], false)).toThrow('name different layouts');
  });
});
