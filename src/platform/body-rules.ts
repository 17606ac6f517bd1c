import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';

/** How a member of a body is documented, and whether it may be left out or be null. */
interface Member {
  example: unknown;
  description?: string;
  optional?: boolean;
  nullable?: boolean;
  /** Whether the member is asked for at all, where that depends on the members beside it. */
  askedOf?: (body: object) => boolean;
}

interface Range {
  min: number;
  max: number;
}

/** One rule, one sentence: a wrong member is told once, not once for each part of its rule. */
function Rule(
  name: string,
  sentence: string,
  holds: (value: unknown) => boolean,
  constraints: unknown[] = [],
): PropertyDecorator {
  return ValidateBy({ name, constraints, validator: { validate: holds, defaultMessage: () => sentence } });
}

function Documented(member: Member, schema: object, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { optional = false, nullable = false, askedOf, ...rest } = member;
  const asked = (body: object, value: unknown): boolean => {
    if (value === undefined && askedOf) return askedOf(body);
    return !(optional && value === undefined) && !(nullable && value === null);
  };
  return applyDecorators(
    ApiProperty({ ...schema, ...rest, required: !optional && !askedOf, ...(nullable && { nullable }) }),
    ValidateIf(asked),
    ...rules,
  );
}

/** A whole number within a range. Numbers in quotes are not numbers. */
export function WholeNumber({ min, max }: Range, member: Member): PropertyDecorator {
  const sentence = `must be a whole number from ${min} to ${max}${member.nullable ? ', or null' : ''}`;
  const holds = (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return Documented(member, { type: 'integer', minimum: min, maximum: max }, Rule('wholeNumber', sentence, holds));
}

/** Text that can be printed on a ticket: no control characters, no space at either end, not empty. */
export function PrintableText(lengthMax: number, member: Member): PropertyDecorator {
  const sentence = `must be 1 to ${lengthMax} printable characters, without a space at either end`;
  return Documented(
    member,
    { type: 'string', minLength: 1, maxLength: lengthMax },
    Rule('printableText', sentence, (value) => isPrintable(value, lengthMax)),
  );
}

/** Lower case words of letters and digits with one hyphen between them, as they stand in a shop's URL. */
export function Slug(lengthMax: number, member: Member): PropertyDecorator {
  const pattern = '^[a-z0-9]+(-[a-z0-9]+)*$';
  const sentence = `must be at most ${lengthMax} lower case letters and digits, in words joined by single hyphens`;
  const holds = (value: unknown): boolean =>
    typeof value === 'string' && value.length <= lengthMax && new RegExp(pattern).test(value);
  return Documented(member, { type: 'string', pattern, maxLength: lengthMax }, Rule('slug', sentence, holds));
}

/** One of a few words. */
export function OneOf(words: readonly string[], member: Member): PropertyDecorator {
  const holds = (value: unknown): boolean => typeof value === 'string' && words.includes(value);
  return Documented(member, { enum: [...words] }, Rule('oneOf', `must be one of ${words.join(', ')}`, holds));
}

/** An active code of ISO 4217, in upper case. */
export function Currency(member: Member): PropertyDecorator {
  const known = new Set(Intl.supportedValuesOf('currency'));
  const holds = (value: unknown): boolean => typeof value === 'string' && known.has(value);
  const schema = { type: 'string', pattern: '^[A-Z]{3}$' };
  return Documented(member, schema, Rule('currency', 'must be a currency of ISO 4217, such as EUR', holds));
}

/** A moment: RFC 3339 with a time zone, on a day that exists. */
export function Instant(member: Member): PropertyDecorator {
  const sentence = `must be a time as in RFC 3339, such as 2026-11-21T20:00:00Z${member.nullable ? ', or null' : ''}`;
  return Documented(member, { type: 'string', format: 'date-time' }, Rule('instant', sentence, isInstant));
}

/**
 * A list of 1 to `entriesMax` objects, each by the rules of its class. A value of another shape is told once, for the
 * list, and never looked into: the validator takes a list within the list for a valid entry.
 */
export function ListOf(
  type: () => new () => object,
  entriesMax: number,
  member: Omit<Member, 'example'>,
): PropertyDecorator {
  const fits = (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.length <= entriesMax && value.every(isPlainObject);
  return applyDecorators(
    Documented(
      { ...member, example: undefined },
      { type: () => [type()], minItems: 1, maxItems: entriesMax },
      Rule(
        'listOf',
        `must be a list of 1 to ${entriesMax} objects`,
        (value) => Array.isArray(value) && value.length > 0,
        // What platform/compiled-rules.ts makes a schema of.
        [entriesMax, type],
      ),
      ValidateNested({ each: true }),
    ),
    Type(type),
    Transform(({ obj, key, value }) => (fits((obj as Record<string, unknown>)[key]) ? (value as unknown) : [])),
  );
}

/** A list of 1 to `entriesMax` texts as of `PrintableText`, no two the same. */
export function ListOfText(
  { entriesMax, lengthMax }: { entriesMax: number; lengthMax: number },
  member: Member,
): PropertyDecorator {
  const sentence = `must be a list of 1 to ${entriesMax} different texts of 1 to ${lengthMax} printable characters`;
  const holds = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= entriesMax &&
    new Set(value).size === value.length &&
    value.every((text) => isPrintable(text, lengthMax));
  const items = { type: 'string', minLength: 1, maxLength: lengthMax };
  const schema = { type: 'array', items, minItems: 1, maxItems: entriesMax, uniqueItems: true };
  return Documented(member, schema, Rule('listOfText', sentence, holds));
}

/** No two entries of a list have the same label; told once for the list, with the first label that comes again. */
export function UniqueLabels(): PropertyDecorator {
  return ValidateBy({
    name: 'uniqueLabels',
    validator: {
      validate: (value) => repeatedLabel(value) === undefined,
      defaultMessage: (args) => `must not name the label ${JSON.stringify(repeatedLabel(args?.value))} twice`,
    },
  });
}

/** This member and `other` exclude each other. */
export function NotBeside(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'notBeside',
    validator: {
      validate: (_value, args) => (args?.object as Record<string, unknown> | undefined)?.[other] === undefined,
      defaultMessage: () => `must not stand beside ${other}: give one of the two`,
    },
  });
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What `PrintableText` takes. */
export function isPrintable(value: unknown, lengthMax: number): boolean {
  if (typeof value !== 'string' || value.length > lengthMax) return false;
  return /^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u.test(value);
}

function isInstant(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const parts = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.exec(value);
  if (!parts || Number.isNaN(Date.parse(value))) return false;
  // The parser takes 30 February for 2 March.
  const [, year, month, day] = parts.map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day)).getUTCDate() === day;
}

function repeatedLabel(units: unknown): string | undefined {
  if (!Array.isArray(units)) return undefined;
  const seen = new Set<string>();
  for (const unit of units as ({ label?: unknown } | null)[]) {
    if (typeof unit?.label !== 'string') continue;
    if (seen.has(unit.label)) return unit.label;
    seen.add(unit.label);
  }
  return undefined;
}
