import fc from 'fast-check';
import { type ApiDocument, followed, type Schema } from './api-operations.js';
import { Earlier, knownAs, Moment } from './known.js';

/** Members that only make sense with what an answer named before. */
const NAMED = new Set(['units', 'ticket']);

type Weighted = fc.WeightedArbitrary<unknown>;
const HOUR_MS = 3_600_000;

/** Texts that are hard on somebody: on a database, on a URL, on whoever counts characters. */
export const TEXTS = [
  ...['a', 'A-12', '0', '1', '007', '-1', '1e3', 'true', 'null', 'a b', 'Zürich', '東京', 'a'.repeat(64), 'EUR', 'ZZZ'],
  ...['👩‍🚀', 'e\u0301', '\u202edrowssap', "'; DROP TABLE sales; --", '{{7*7}}', '%s%n', '../../etc/passwd', '<b>&amp;'],
];
/** Texts that hardly any rule lets through. */
const WILD_TEXTS = [
  ...['', ' ', ' a', 'a ', '\u0000', 'a\u0000b', '\n', '\u001b[2J', '\ud800', '\udfff\ud800', '\u2028', '\ufeff'],
  ...['x'.repeat(129), 'x'.repeat(300), 'x'.repeat(2_049), '😀'.repeat(128), '😀'.repeat(129)],
];
/** Times that RFC 3339 knows and parsers differ about, and some that it does not know. */
const TIMES = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z'],
  ...['2026-11-21T23:59:60Z', '2026-11-21T24:00:00Z', '2026-11-21T20:00:00+14:00', '2026-11-21T20:00:00-00:00'],
  ...['2026-11-21T20:00:00.123456789Z', '2026-11-21t20:00:00z', '2026-11-21', '1969-12-31T23:59:59Z'],
  ...['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59', '2026-11-21T20:00:00+24:00'],
];

/** What no member asked for: other types, other sizes, other shapes. */
const WILD: readonly unknown[] = [
  ...[null, true, false, 0, -0, 1, -1, 1.5, 101, 1e21, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63), Number.MIN_VALUE],
  ...[[], [[]], [null], {}, { a: { b: { c: [] } } }, { $gt: '' }, { toString: 1 }, { length: 3 }, ['a', 'a']],
  ...TEXTS,
  ...WILD_TEXTS,
  ...TIMES,
];
export const wild = (): fc.Arbitrary<unknown> => fc.constantFrom(...WILD);

/** Values that a schema takes, mostly: its examples, its boundaries, what lies between, and what earlier answers named. */
export function valuesOf(document: ApiDocument, given: Schema, name: string, depth = 0): fc.Arbitrary<unknown> {
  const schema = followed(document, given);
  const types = [schema.type ?? []].flat();
  const plain = byType(document, schema, types.find((type) => type !== 'null') ?? 'object', name, depth);
  const scalar = schema.properties === undefined && schema.items === undefined && !types.includes('object');
  const { examples = [] } = schema;
  const isId = knownAs(name, examples) !== name || NAMED.has(name);
  const earlier = fc
    .tuple(fc.nat(12), plain)
    .map(([pick, otherwise]) => new Earlier(knownAs(name, examples), pick, otherwise));
  return fc.oneof(
    { weight: 6, arbitrary: plain },
    ...(examples.length > 0 ? [{ weight: isId ? 1 : 3, arbitrary: fc.constantFrom(...examples) }] : []),
    ...(scalar && !types.includes('boolean') ? [{ weight: isId ? 60 : 3, arbitrary: earlier }] : []),
    ...(schema.nullable || types.includes('null') ? [{ weight: 1, arbitrary: fc.constant(null) }] : []),
  );
}

function byType(
  document: ApiDocument,
  schema: Schema,
  type: string,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') return numbersOf(schema);
  if (type === 'string') return schema.format === 'date-time' ? times() : textsOf(schema);
  if (type === 'array') return listsOf(document, schema, name, depth);
  return schema.properties ? objectsOf(document, schema, depth) : fc.dictionary(textsOf({}), wild(), { maxKeys: 3 });
}

function numbersOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<unknown> {
  const near = Math.min(maximum, minimum + 20);
  return fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: minimum, max: near }) },
    { weight: 2, arbitrary: fc.constantFrom(minimum, maximum) },
    { weight: 1, arbitrary: fc.constantFrom(minimum - 1, maximum + 1) },
  );
}

function textsOf({ pattern, minLength = 0, maxLength = 100, examples = [] }: Schema): fc.Arbitrary<string> {
  const form = new RegExp(pattern ?? '', 'u');
  const fits = (text: string): boolean =>
    form.test(text) && Array.from(text).length <= maxLength && Array.from(text).length >= minLength;
  const long = ['x'.repeat(maxLength), '7'.repeat(maxLength), '😀'.repeat(Math.min(maxLength, 500))];
  const good = [...TEXTS, ...long, ...examples.filter((each) => typeof each === 'string')].filter(fits);
  return fc.oneof(
    ...(good.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...good) }] : []),
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{2}[a-z0-9]{3,8}$/) },
    { weight: 1, arbitrary: fc.constantFrom(...WILD_TEXTS, `${long[0] ?? ''}x`) },
  );
}

function times(): fc.Arbitrary<unknown> {
  const offsets = [-400 * 24 * HOUR_MS, -HOUR_MS, -1, 0, 300, 2_000, HOUR_MS, 24 * HOUR_MS, 4_000 * 24 * HOUR_MS];
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...offsets).map((offset) => new Moment(offset)) },
    { weight: 1, arbitrary: fc.constantFrom(...TIMES) },
  );
}

function listsOf(
  document: ApiDocument,
  { items = {}, minItems = 0, maxItems = 5 }: Schema,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  const entry = valuesOf(document, items, name, depth + 1);
  const few = fc.array(entry, { minLength: minItems, maxLength: Math.min(maxItems, minItems + 2), size: 'max' });
  const numbered = (length: number): string[] => Array.from({ length }, (_, at) => String(at + 1));
  const isText = followed(document, items).type === 'string';
  const edges = isText ? [numbered(maxItems), numbered(maxItems + 1), []] : [[]];
  return fc.oneof({ weight: 12, arbitrary: few }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...edges) });
}

function objectsOf(document: ApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], oneOf = [] } = schema;
  const branches = oneOf.flatMap((branch) => (branch.required ? [branch.required] : []));
  const alternatives = branches.length > 0 ? branches : [[]];
  return fc.oneof(
    ...alternatives.map((taken): Weighted => {
      const others = branches.flat().filter((name) => !taken.includes(name));
      const members = Object.entries(properties).filter(([name]) => !others.includes(name));
      const model = Object.fromEntries(
        members.map(([name, member]) => [name, valuesOf(document, member, name, depth + 1)]),
      );
      return { weight: 1, arbitrary: sometimes(model, [...required, ...taken]) };
    }),
  );
}

/** The members that are needed, and a few of the others: bodies of all of them would hardly ever be right as a whole. */
function sometimes(model: Record<string, fc.Arbitrary<unknown>>, needed: string[]): fc.Arbitrary<unknown> {
  const optional = Object.keys(model).filter((name) => !needed.includes(name));
  const whole = fc.record(model, { noNullPrototype: true });
  const some = fc.subarray(optional, { maxLength: Math.min(3, optional.length) });
  return fc.tuple(whole, some, fc.nat(7)).map(([body, kept, dice]) => {
    // Whom a service acts for is optional only because a buyer acts for nobody else.
    const usual = dice > 0 && optional.includes('customerId') ? [...kept, 'customerId'] : kept;
    const names = Object.keys(model).filter((name) => needed.includes(name) || usual.includes(name));
    return Object.fromEntries(names.map((name) => [name, body[name]]));
  });
}
