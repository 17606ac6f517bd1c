import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { PERSONA_NAMES, type PersonaName } from './personas/all-personas.js';
import { type SaleTerms, type Shape, SHAPES } from './plan.js';

/** A plan as somebody writes it: everything may be left out. */
export interface PlanFile {
  name?: string;
  buyers?: number;
  units?: number;
  stock?: 'scarce' | 'plentiful';
  over?: string | number;
  shape?: Shape;
  seed?: number;
  pace?: number;
  callers?: 'storefront' | 'buyers';
  leftovers?: 'run-out' | 'give-back';
  personas?: Partial<Record<PersonaName, number>>;
  skus?: {
    name: string;
    units: number | string[];
    unitPrice?: number;
    unitsPerCustomerMax?: number | null;
  }[];
  carts?: {
    share: number;
    mode?: 'all' | 'partial';
    lines: { sku: string; quantity?: number | [number, number]; named?: number | [number, number] }[];
  }[];
  sale?: Partial<SaleTerms>;
}

const whole = (minimum: number, maximum: number): object => ({ type: 'integer', minimum, maximum });
const count = { anyOf: [whole(1, 100), { type: 'array', items: whole(1, 100), minItems: 2, maxItems: 2 }] };
const strict = (properties: object, required: string[] = []): object => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});

const SCHEMA = strict({
  name: { type: 'string', minLength: 1, maxLength: 100 },
  buyers: whole(1, 5_000_000),
  units: whole(1, 1_000_000),
  stock: { enum: ['scarce', 'plentiful'] },
  over: { anyOf: [{ type: 'string' }, { type: 'number', exclusiveMinimum: 0 }] },
  shape: { enum: SHAPES },
  seed: whole(0, 2_147_483_647),
  pace: { type: 'number', minimum: 0, maximum: 10 },
  callers: { enum: ['storefront', 'buyers'] },
  leftovers: { enum: ['run-out', 'give-back'] },
  personas: {
    ...{ type: 'object', propertyNames: { enum: PERSONA_NAMES }, minProperties: 1 },
    additionalProperties: { type: 'number', minimum: 0 },
  },
  skus: {
    ...{ type: 'array', minItems: 1, maxItems: 100 },
    items: strict(
      {
        name: { type: 'string', minLength: 1, maxLength: 200 },
        units: {
          anyOf: [
            whole(1, 1_000_000),
            { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, maxItems: 10_000 },
          ],
        },
        unitPrice: whole(0, 2_147_483_647),
        unitsPerCustomerMax: { anyOf: [whole(1, 10_000), { type: 'null' }] },
      },
      ['name', 'units'],
    ),
  },
  carts: {
    ...{ type: 'array', minItems: 1 },
    items: strict(
      {
        share: { type: 'number', exclusiveMinimum: 0 },
        mode: { enum: ['all', 'partial'] },
        lines: {
          ...{ type: 'array', minItems: 1, maxItems: 20 },
          items: strict({ sku: { type: 'string' }, quantity: count, named: count }, ['sku']),
        },
      },
      ['share', 'lines'],
    ),
  },
  sale: strict({
    holdTtlSeconds: whole(5, 86_400),
    checkoutTtlSeconds: whole(30, 86_400),
    queueTimeoutSeconds: whole(1, 300),
    unitsPerCustomerMax: { anyOf: [whole(1, 10_000), { type: 'null' }] },
    extensionsMax: whole(0, 10),
    extensionStepSeconds: whole(5, 3_600),
    latePayment: { enum: ['rehold', 'refuse'] },
  }),
});

let compiled: ValidateFunction<PlanFile> | undefined;

/** What is wrong with a plan, one sentence for each place. */
export class PlanRefused extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** Throws PlanRefused with every place that is wrong. */
export function checkPlanFile(given: unknown): PlanFile {
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile<PlanFile>(SCHEMA);
  if (compiled(given)) return given;
  throw new PlanRefused([...new Set((compiled.errors ?? []).flatMap(sentenceOf))]);
}

function sentenceOf({ instancePath, keyword, params, message = '' }: ErrorObject): string[] {
  const at = instancePath || '/';
  const { allowedValues, additionalProperty, propertyName } = params as Record<string, unknown>;
  switch (keyword) {
    case 'anyOf': // its branches have said what they want
    case 'propertyNames':
      return keyword === 'anyOf' ? [] : [`${at}/${String(propertyName)} is not a name that is known here`];
    case 'additionalProperties':
      return [`${at === '/' ? '' : at}/${String(additionalProperty)} is not a member that is known here`];
    case 'enum':
      return [`${at} must be one of ${(allowedValues as string[]).join(', ')}`];
    default:
      return [`${at} ${message}`];
  }
}
