import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Problem } from '../problems.js';
import { quickCheckOf } from './compiled-rules.js';

/** One thing that is wrong: where (a JSON pointer into the body, `?name` of the query, `{name}` of the path), and what. */
export interface FieldError {
  pointer: string;
  detail: string;
}

class ValidationFailure extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('invalid');
  }
}

/**
 * The one validation of bodies, queries and path parameters by their DTO classes. Members that the class does not
 * declare are refused, nothing is converted unless the class says so, and all faults are told at once.
 */
@Injectable()
export class RequestValidation extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new ValidationFailure(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.toValidate(metadata)) return value;
    if (metadata.type === 'body') {
      // A body that the rules accept is taken as it came: plain, with nothing converted.
      if (metadata.metatype && quickCheckOf(metadata.metatype as new () => object)?.(value)) return value;
      assertObject(value);
    }
    if (metadata.type === 'query') refuseInherited(value);
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (error instanceof ValidationFailure)
        throw invalid(error.errors.flatMap((each) => fieldErrors(each, metadata, [])));
      throw error;
    }
  }
}

/** The refusal of a request whose parts are told one by one. */
export function invalid(errors: FieldError[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new Problem(
    'invalid-request',
    first ? `${first.pointer || 'The body'}: ${first.detail}${more}.` : 'The request is not valid.',
    { errors },
  );
}

/** A missing body is an empty object, whose missing members the class then names; anything else that is no object is wrong as a whole. */
function assertObject(value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid([{ pointer: '', detail: 'must be a JSON object' }]);
}

/** A parameter named like a method that every object has would be lost without a word. */
function refuseInherited(query: unknown): void {
  const names = Object.keys(query ?? {}).filter((name) => name in Object.prototype);
  if (names.length > 0)
    throw invalid(names.map((name) => ({ pointer: `?${name}`, detail: 'is not a member of this request' })));
}

function fieldErrors(error: ValidationError, metadata: ArgumentMetadata, path: string[]): FieldError[] {
  const here = [...path, error.property];
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    pointer: pointerTo(here, metadata),
    detail: rule === 'whitelistValidation' ? 'is not a member of this request' : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, metadata, here))];
}

function pointerTo(path: string[], { type }: ArgumentMetadata): string {
  if (type === 'query') return `?${path.join('.')}`;
  if (type === 'param') return `{${path.join('.')}}`;
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
