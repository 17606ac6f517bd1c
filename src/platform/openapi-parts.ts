import type { OpenAPIObject } from '@nestjs/swagger';

// The library exports the type of the document alone; these are the parts of it that we name.
type Components = NonNullable<OpenAPIObject['components']>;
type PartOf<Named> = Exclude<NonNullable<Named>[keyof NonNullable<Named>], { $ref: string } | undefined>;

export interface ReferenceObject {
  $ref: string;
}
export type SchemaObject = PartOf<Components['schemas']>;
export type HeaderObject = PartOf<Components['headers']>;
export type ParameterObject = PartOf<Components['parameters']>;
export type ResponseObject = PartOf<Components['responses']>;
export type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;
