import fc from 'fast-check';
import type { ApiDocument, Operation, Parameter } from './api-operations.js';
import { type Spoil, spoils } from './spoils.js';
import { valuesOf } from './values.js';

/** One request, as far as it can be known before the answers to those before it. */
export interface Step {
  readonly operation: Operation;
  readonly caller: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Null: sent as the document says, though its values may be at a boundary or beyond. */
  readonly spoil: Spoil | null;
}

const STEPS_MAX = 30;
/** Where a life goes on, there is most to get wrong; a poll of the health has been seen before. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ createReservation: 16, extendReservation: 4, startCheckout: 5, confirmReservation: 7, releaseReservation: 4 },
  ...{ getReservation: 4, cancelOrder: 4, createSale: 3, openSale: 3, getLiveness: 1, getReadiness: 1, getMetrics: 1 },
  // What ends a life is met often enough, and nothing comes after it.
  ...{ closeSale: 1, pauseSale: 1, removeSku: 1, eraseCustomer: 1 },
};
const USUAL_WEIGHT = 3;
const SPOILED_OF_TEN = 4;

/** Walks through the API: lists of steps, each of which may use what the answers before it have told. */
export function walksOf(document: ApiDocument, operations: readonly Operation[]): fc.Arbitrary<Step[]> {
  const steps = operations.map((operation) => ({
    weight: WEIGHTS[operation.id] ?? USUAL_WEIGHT,
    arbitrary: stepsOf(document, operation),
  }));
  return fc.array(fc.oneof(...steps), { minLength: 1, maxLength: STEPS_MAX, size: 'max' });
}

function stepsOf(document: ApiDocument, operation: Operation): fc.Arbitrary<Step> {
  const parameters = operation.parameters.map((parameter) => [parameter.name, parameterOf(document, parameter)]);
  const body = operation.body ? valuesOf(document, operation.body, operation.id) : fc.constant(undefined);
  const left = { weight: 10 - SPOILED_OF_TEN, arbitrary: fc.constant(null) };
  return fc.record({
    operation: fc.constant(operation),
    caller: fc.constantFrom(...operation.callers.flatMap(callersOf)),
    parameters: fc.record(Object.fromEntries(parameters) as Record<string, fc.Arbitrary<unknown>>),
    body,
    spoil: fc.oneof(left, { weight: SPOILED_OF_TEN, arbitrary: spoils }),
  });
}

/** What need not be there often is not. */
function parameterOf(document: ApiDocument, { name, required, schema }: Parameter): fc.Arbitrary<unknown> {
  const value = valuesOf(document, schema, name);
  return required ? value : fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** A ticket is not a caller: it travels in the query. */
function callersOf(kind: string): string[] {
  if (kind === 'buyer') return ['buyer', 'another buyer'];
  if (kind === 'ticket') return [];
  // Who may act for everybody gets further than a buyer, who owns little.
  return kind === 'service' ? ['service', 'service', 'service', 'service'] : [kind];
}
