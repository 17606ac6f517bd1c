import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';

/** One environment variable: its name, what it means, and what may stand there. */
export interface Setting {
  property: string;
  env: string;
  meaning: string;
  /** What is accepted, in words, with the unit: "1 to 64", "api, worker or all". */
  range: string;
  default: string | number | boolean | readonly string[] | undefined;
  optional: boolean;
  parse: (text: string) => unknown;
}

interface Description {
  env: string;
  meaning: string;
}

const settings = new Map<object, Setting[]>();

/** The settings of a class, in the order in which they are declared, and then those of the class that it extends. */
export function settingsOf(target: { prototype: object }): readonly Setting[] {
  const found: Setting[] = [];
  for (let prototype: object | null = target.prototype; prototype; prototype = parentOf(prototype))
    found.push(...(settings.get(prototype) ?? []));
  return found;
}

const parentOf = (prototype: object): object | null => Object.getPrototypeOf(prototype) as object | null;

function declare(setting: Omit<Setting, 'property'>, ...rules: PropertyDecorator[]): PropertyDecorator {
  const register: PropertyDecorator = (prototype, property) => {
    const known = settings.get(prototype) ?? [];
    settings.set(prototype, [...known, { ...setting, property: String(property) }]);
  };
  return applyDecorators(register, ...(setting.optional ? [IsOptional(), ...rules] : rules));
}

/** A whole number between two bounds. */
export function Whole(
  of: Description & { min: number; max: number; unit?: string; default: number },
): PropertyDecorator {
  const range = `a whole number${of.unit ? ` of ${of.unit}` : ''}, ${of.min} to ${of.max}`;
  const rule = { message: range };
  // Number('') is 0 and Number('0x10') is 16: only plain digits are a number here.
  const parse = (text: string): number => (/^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN);
  return declare({ ...of, range, optional: false, parse }, IsInt(rule), Min(of.min, rule), Max(of.max, rule));
}

/** One of a few words. */
export function Choice(of: Description & { among: readonly string[]; default: string }): PropertyDecorator {
  const range = `one of ${of.among.join(', ')}`;
  return declare({ ...of, range, optional: false, parse: (text) => text }, IsIn(of.among, { message: range }));
}

/** true or false. */
export function Flag(of: Description & { default: boolean }): PropertyDecorator {
  const range = 'true or false';
  const parse = (text: string): boolean | string => (text === 'true' ? true : text === 'false' ? false : text);
  return declare({ ...of, range, optional: false, parse }, IsBoolean({ message: range }));
}

/** A text of a given form. Without a default it must be set, unless it is optional. */
export function Text(
  of: Description & { pattern: RegExp; range: string; default?: string; optional?: boolean },
): PropertyDecorator {
  const rule = Matches(of.pattern, { message: of.range });
  return declare({ ...of, default: of.default, optional: of.optional ?? false, parse: (text) => text }, rule);
}

/** Texts with commas between them, each of which `holds`; none unless it is set. */
export function List(of: Description & { range: string; holds: (entry: string) => boolean }): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string' && of.holds(entry));
  const rule = ValidateBy({ name: 'list', validator: { validate, defaultMessage: () => of.range } });
  const parse = (text: string): string[] => text.split(',').map((entry) => entry.trim());
  return declare({ ...of, default: [], optional: false, parse }, rule);
}
