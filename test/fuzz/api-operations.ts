/** The part of JSON Schema that the document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minItems?: number;
  maxItems?: number;
  examples?: unknown[];
  nullable?: boolean;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface DocumentedOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  security?: Record<string, string[]>[];
}

/** The OpenAPI document, as far as requests are made from it. */
export interface ApiDocument {
  paths: Record<string, Partial<Record<Method, DocumentedOperation>>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** One operation of the document, with its references followed. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Null where no body is documented. */
  readonly body: Schema | null;
  readonly types: readonly string[];
  /** The kinds of caller that it is for; an anonymous one is among them where nobody is asked. */
  readonly callers: readonly string[];
}

export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): Operation[] => {
      const operation = item[method];
      if (!operation) return [];
      const { operationId: id, parameters = [], requestBody, security = [] } = operation;
      const content = requestBody?.content ?? {};
      return [
        {
          ...{ id, path, method: method.toUpperCase(), types: Object.keys(content) },
          parameters: parameters.map((each) => parameterOf(document, each)),
          body: content['application/json']?.schema ?? null,
          callers: security.length === 0 ? ['anonymous'] : callersIn(security),
        },
      ];
    }),
  );
}

/** A session is a browser's way to be an admin, told by test/integration/sessions.spec.ts. */
function callersIn(security: Record<string, string[]>[]): string[] {
  return security.map((kind) => Object.keys(kind)[0] ?? 'anonymous').filter((kind) => kind !== 'session');
}

function parameterOf({ components }: ApiDocument, parameter: Parameter): Parameter {
  const name = parameter.$ref?.split('/').at(-1);
  return name === undefined ? parameter : (components.parameters[name] ?? parameter);
}

/** The schema that a reference means; `allOf` around a single one is how a member gets a description of its own. */
export function followed({ components }: ApiDocument, schema: Schema): Schema {
  const [only] = schema.allOf ?? [];
  const { $ref } = only ?? schema;
  const target = $ref === undefined ? only : components.schemas[$ref.split('/').at(-1) ?? ''];
  return target ? { ...target, ...schema, ...(target.type === undefined ? {} : { type: target.type }) } : schema;
}
