import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createDocument } from '../../src/platform/openapi.js';
import { visitNodes } from '../../src/platform/openapi-schemas.js';
import type { OperationObject, ParameterObject } from '../../src/platform/openapi-parts.js';
import { PROBLEMS } from '../../src/problems.js';
import { Site } from '../e2e/site.js';

/** What a caller gave, and what another route describes: objects of any members. */
const FREE = new Set(['metadata', 'record', 'before', 'after']);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

let site: Site;
let document: OpenAPIObject;
let operations: { name: string; operation: OperationObject; method: string }[];
beforeAll(async () => {
  site = await Site.open();
  const { app } = await site.start();
  document = createDocument(app);
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ name: `${method.toUpperCase()} ${path}`, operation, method }] : [];
    }),
  );
});
afterAll(() => site.close());

const parametersOf = ({ parameters = [] }: OperationObject): ParameterObject[] =>
  parameters.filter((each): each is ParameterObject => 'in' in each);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, as it is served', async () => {
    const { app } = await site.start('api');
    const served = await app.inject({ method: 'GET', url: '/openapi.json' });
    expect(served.headers['content-type']).toContain('application/json');
    const validator = new Validator();
    expect(await validator.validate(served.json<Record<string, unknown>>())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(served.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('has every problem that can be answered, and none that cannot', () => {
    const codes = new Set<string>();
    visitNodes([document.paths, document.components?.responses], (node) => {
      for (const code of Object.keys(node['examples'] ?? {})) if (code in PROBLEMS) codes.add(code);
    });
    expect([...codes].sort()).toEqual(Object.keys(PROBLEMS).sort());
  });

  it('names every operation once, in camelCase, with a summary and a tag that is described', () => {
    const ids = operations.map(({ operation }) => operation.operationId ?? '');
    expect(ids.filter((id) => !/^[a-z]+(?:[A-Z][a-z]+)+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ operation }) => !operation.summary).map(({ name }) => name)).toEqual([]);
    const tags = new Set(document.tags?.map(({ name }) => name));
    expect(operations.filter(({ operation }) => !operation.tags?.every((tag) => tags.has(tag)))).toEqual([]);
    const used = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
    expect([...tags].filter((tag) => !used.has(tag))).toEqual([]);
  });

  it('describes every answer, with the schema of its body', () => {
    const silent = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses).flatMap(([status, response]) => {
        if (!response || '$ref' in response) return [];
        const schemas = Object.values(response.content ?? {}).map(({ schema }) => schema);
        const bodiless = status === '204' || status === '304';
        const complete = bodiless ? schemas.length === 0 : schemas.length > 0 && schemas.every(Boolean);
        return response.description && complete ? [] : [`${name} ${status}`];
      }),
    );
    expect(silent).toEqual([]);
  });

  it('shows an example of every parameter, and says what it is where its name does not', () => {
    const silent = operations.flatMap(({ name, operation }) =>
      parametersOf(operation)
        .filter(({ schema, description, in: where }) => {
          const examples = schema && 'examples' in schema ? schema.examples : undefined;
          return !Array.isArray(examples) || (where !== 'query' && !description);
        })
        .map((parameter) => `${name} ${parameter.in} ${parameter.name}`),
    );
    expect(silent).toEqual([]);
  });

  it('types every member of every object, but for what is the caller’s own', () => {
    const untyped: string[] = [];
    visitNodes(document.components?.schemas, (node) => {
      for (const [name, schema] of Object.entries((node['properties'] ?? {}) as Record<string, object>)) {
        const typed = ['type', '$ref', 'enum', 'oneOf', 'anyOf', 'allOf'].some((key) => key in schema);
        const open = 'type' in schema && String(schema.type).includes('object') && !('properties' in schema);
        if (!typed || (open && !FREE.has(name))) untyped.push(name);
      }
    });
    expect(untyped).toEqual([]);
  });
});
