import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiProperty } from '@nestjs/swagger';
import type { SchemaObject } from './openapi-parts.js';
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

/**
 * What a rule says in JSON Schema, where it says all of it: `platform/compiled-rules.ts` makes code of it. `entries` is
 * the class of a list's entries.
 */
export class Said {
  constructor(
    readonly schema: SchemaObject,
    readonly optional: boolean,
    readonly nullable: boolean,
    readonly entries?: () => new () => object,
  ) {}
}

/** One rule, one sentence: a wrong member is told once, not once for each part of its rule. */
interface Rule {
  name: string;
  sentence: string;
  holds: (value: unknown) => boolean;
  /** The documented schema accepts exactly what `holds` does; of a list, but for its entries. */
  exact?: boolean;
  entries?: () => new () => object;
}

function Documented(member: Member, schema: SchemaObject, rule: Rule): PropertyDecorator {
  const { optional = false, nullable = false, askedOf, ...rest } = member;
  const { name, sentence, holds, exact, entries } = rule;
  const asked = (body: object, value: unknown): boolean => {
    if (value === undefined && askedOf) return askedOf(body);
    return !(optional && value === undefined) && !(nullable && value === null);
  };
  const documented = entries ? { ...schema, type: () => [entries()] } : schema;
  return applyDecorators(
    ApiProperty({ ...documented, ...rest, required: !optional && !askedOf, ...(nullable && { nullable }) } as object),
    ValidateIf(asked),
    ValidateBy({
      name,
      constraints: exact ? [new Said(schema, optional, nullable, entries)] : [],
      validator: { validate: holds, defaultMessage: () => `${sentence}${nullable ? ', or null' : ''}` },
    }),
  );
}

/** A whole number within a range. Numbers in quotes are not numbers. */
export function WholeNumber({ min, max }: Range, member: Member): PropertyDecorator {
  const sentence = `must be a whole number from ${min} to ${max}`;
  const holds = (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  const schema = { type: 'integer', minimum: min, maximum: max };
  return Documented(member, schema, { name: 'wholeNumber', sentence, holds, exact: true });
}

const PRINTABLE = /^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;

/** Text that can be printed on a ticket: no control characters, no space at either end, not empty. */
export function PrintableText(lengthMax: number, member: Member): PropertyDecorator {
  const sentence = `must be 1 to ${lengthMax} printable characters, without a space at either end`;
  return TextOf({ pattern: PRINTABLE, lengthMax, sentence }, member);
}

/** Lower case words of letters and digits with one hyphen between them, as they stand in a shop's URL. */
export function Slug(lengthMax: number, member: Member): PropertyDecorator {
  const sentence = `must be at most ${lengthMax} lower case letters and digits, in words joined by single hyphens`;
  return TextOf({ pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/u, lengthMax, sentence }, member);
}

interface TextRule {
  /** Anchored at both ends, and with the flag u alone: so JSON Schema reads it as JavaScript does. */
  pattern: RegExp;
  /** In characters as people count them, not in units of UTF-16. */
  lengthMax?: number;
  /** What the refusal says; it begins with "must be". */
  sentence: string;
}

/** Text of a certain form: the pattern is the rule and its documentation. */
export function TextOf({ pattern, lengthMax = Infinity, sentence }: TextRule, member: Member): PropertyDecorator {
  const holds = (value: unknown): boolean =>
    typeof value === 'string' &&
    pattern.test(value) &&
    (value.length <= lengthMax || Array.from(value).length <= lengthMax);
  const schema = {
    type: 'string',
    pattern: pattern.source,
    ...(lengthMax < Infinity && { minLength: 1, maxLength: lengthMax }),
  };
  return Documented(member, schema, { name: 'textOf', sentence, holds, exact: true });
}

/** A list of 1 to `entriesMax` texts, none of them twice. */
export function DifferentTexts(entriesMax: number, member: Member): PropertyDecorator {
  const holds = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= entriesMax &&
    value.every((entry) => typeof entry === 'string') &&
    new Set(value).size === value.length;
  const sentence = `must be a list of 1 to ${entriesMax} different texts`;
  const schema = { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: entriesMax, uniqueItems: true };
  return Documented(member, schema, { name: 'differentTexts', sentence, holds, exact: true });
}

/** Yes or no, as JSON says it. */
export function YesOrNo(member: Member): PropertyDecorator {
  const holds = (value: unknown): boolean => typeof value === 'boolean';
  const rule = { name: 'yesOrNo', sentence: 'must be true or false', holds, exact: true };
  return Documented(member, { type: 'boolean' }, rule);
}

/** An object whose members are the caller's own. */
export function AnyObject(member: Member): PropertyDecorator {
  const schema = { type: 'object', additionalProperties: true };
  const rule = { name: 'anyObject', sentence: 'must be an object', holds: isPlainObject, exact: true };
  return Documented(member, schema, rule);
}

/** One of a few words. */
export function OneOf(words: readonly string[], member: Member): PropertyDecorator {
  const holds = (value: unknown): boolean => typeof value === 'string' && words.includes(value);
  const rule = { name: 'oneOf', sentence: `must be one of ${words.join(', ')}`, holds, exact: true };
  return Documented(member, { type: 'string', enum: [...words] }, rule);
}

/** An active code of ISO 4217, in upper case. */
export function Currency(member: Member): PropertyDecorator {
  const known = new Set(Intl.supportedValuesOf('currency'));
  const holds = (value: unknown): boolean => typeof value === 'string' && known.has(value);
  const schema = { type: 'string', pattern: '^[A-Z]{3}$' };
  return Documented(member, schema, {
    name: 'currency',
    sentence: 'must be a currency of ISO 4217, such as EUR',
    holds,
  });
}

/** A moment: RFC 3339 with a time zone, on a day that exists. */
export function Instant(member: Member): PropertyDecorator {
  const sentence = 'must be a time as in RFC 3339, such as 2026-11-21T20:00:00Z';
  return Documented(member, { type: 'string', format: 'date-time' }, { name: 'instant', sentence, holds: isInstant });
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
      { type: 'array', minItems: 1, maxItems: entriesMax },
      {
        name: 'listOf',
        sentence: `must be a list of 1 to ${entriesMax} objects`,
        holds: (value) => Array.isArray(value) && value.length > 0,
        exact: true,
        entries: type,
      },
    ),
    ValidateNested({ each: true }),
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
  const items = { type: 'string', pattern: PRINTABLE.source, minLength: 1, maxLength: lengthMax };
  const schema = { type: 'array', items, minItems: 1, maxItems: entriesMax, uniqueItems: true };
  return Documented(member, schema, { name: 'listOfText', sentence, holds, exact: true });
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

/** What JSON Schema says of a class as a whole, by its name; the document takes it over. */
export const schemaRules = new Map<string, SchemaObject>();

/** Of these members exactly one is given. Documents what the rules of the members themselves refuse. */
export function ExactlyOneOf(...names: string[]): ClassDecorator {
  return (body) => {
    schemaRules.set(body.name, { oneOf: names.map((name) => ({ required: [name] })) });
  };
}

/** A parameter of the path, by its name there: what it is, and one as an example. */
export function PathId(name: string, description: string, example: string): MethodDecorator {
  return ApiParam({ name, description, schema: { type: 'string', example } });
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
  return typeof value === 'string' && PRINTABLE.test(value) && Array.from(value).length <= lengthMax;
}

/** The parser would also take 24:00 for the next day's 00:00. */
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function isInstant(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const parts = INSTANT.exec(value);
  if (!parts || Number.isNaN(Date.parse(value))) return false;
  // An answer tells it in UTC, where a zone may have moved it out of the years of four digits.
  if (!/^\d{4}-/.test(new Date(value).toISOString())) return false;
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
