import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { getMetadataStorage } from 'class-validator';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Class = new () => object;

/** JSON Schema's words for the rules of class-validator that it can say exactly; by the names the rules go by. */
const SAID_IN_SCHEMA: Readonly<Record<string, (constraints: readonly unknown[]) => AnySchemaObject>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  min: ([least]) => ({ minimum: least }),
  max: ([most]) => ({ maximum: most }),
  isIn: ([among]) => ({ enum: among }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: ([least]) => ({ minItems: least }),
  arrayMaxSize: ([most]) => ({ maxItems: most }),
  arrayUnique: () => ({ uniqueItems: true }),
  matches: ([pattern]) => ({ matches: pattern }),
};

/** The body as compiled code: true only for what the rules of its class accept; false decides nothing. */
export type QuickCheck = (body: unknown) => boolean;

const compiled = new WeakMap<Class, QuickCheck | null>();

/**
 * The rules of a body's class as one compiled function (ajv), derived from the decorators so that they are written
 * once. A body that it accepts need not be walked by class-validator, which costs 60 µs a reservation against 3; one
 * that it does not is, for the verdict and the words. Null for a class with a rule that JSON Schema cannot say.
 */
export function quickCheckOf(type: Class): QuickCheck | null {
  const known = compiled.get(type);
  if (known !== undefined) return known;
  const schema = schemaOf(type);
  const check = schema && compile(schema);
  compiled.set(type, check);
  return check;
}

function compile(schema: AnySchemaObject): QuickCheck {
  const ajv = new Ajv({ strict: false });
  // The very RegExp of the rule, flags and all.
  ajv.addKeyword({ keyword: 'matches', type: 'string', validate: (rule: RegExp, text: string) => rule.test(text) });
  const validate: ValidateFunction = ajv.compile(schema);
  return (body) => validate(body);
}

function schemaOf(type: Class): AnySchemaObject | null {
  const members = new Map<string, Rule[]>();
  for (const rule of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    members.set(rule.propertyName, [...(members.get(rule.propertyName) ?? []), rule]);
  }
  const properties: Record<string, AnySchemaObject> = {};
  const required: string[] = [];
  for (const [member, rules] of members) {
    const schema = memberSchema(rules);
    if (!schema) return null;
    properties[member] = schema;
    // Absent may be right all the same, by another member say: that is for class-validator to decide.
    if (!rules.some(({ name }) => name === 'isOptional')) required.push(member);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function memberSchema(rules: readonly Rule[]): AnySchemaObject | null {
  // Only our own rule of a list names the class of its entries.
  if (rules.some(({ type }) => type === 'nestedValidation') && !rules.some(({ name }) => name === 'listOf'))
    return null;
  const own: AnySchemaObject[] = [];
  const each: AnySchemaObject[] = [];
  for (const rule of rules) {
    if (SAID_ELSEWHERE.has(rule.type)) continue;
    const said = ruleSchema(rule);
    if (!said) return null;
    (rule.each ? each : own).push(said);
  }
  return { allOf: own, ...(each.length > 0 && { items: { allOf: each } }) };
}

/** Whether a member is asked for is `required`; the entries of a list are named by its rule, `listOf`. */
const SAID_ELSEWHERE = new Set(['conditionalValidation', 'whitelistValidation', 'nestedValidation']);

function ruleSchema({ name, constraints }: Rule): AnySchemaObject | null {
  const given = (constraints as unknown[] | undefined) ?? [];
  if (name === 'listOf') return listSchema(given[0], given[1] as () => Class);
  return SAID_IN_SCHEMA[name ?? '']?.(given) ?? null;
}

function listSchema(entriesMax: unknown, type: () => Class): AnySchemaObject | null {
  const items = schemaOf(type());
  return items && { type: 'array', minItems: 1, maxItems: entriesMax, items };
}
