/** A part of the document, of whatever kind. */
type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members whose values are JSON of our callers, not parts of the document. */
const VALUES = new Set(['example', 'examples', 'enum', 'const', 'default', 'value']);
/** Members that are keyed by names, where a property may be called `example`. */
const BY_NAME = new Set(['properties', 'schemas', 'headers', 'parameters', 'responses', 'paths', 'content', 'mapping']);

/** Calls `visit` for every object below a part of the document, deepest last. */
export function visitNodes(part: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(part)) for (const each of part) visitNodes(each, visit);
  if (!isNode(part)) return;
  visit(part);
  for (const [name, value] of Object.entries(part)) {
    if (VALUES.has(name)) continue;
    if (BY_NAME.has(name) && isNode(value)) for (const each of Object.values(value)) visitNodes(each, visit);
    else visitNodes(value, visit);
  }
}

/** In OpenAPI 3.1 a schema has a list of examples, as JSON Schema does. */
export function listExamples(schemas: unknown): void {
  visitNodes(schemas, (node) => {
    if (!('example' in node) || 'in' in node) return;
    if (node['example'] !== undefined) node['examples'] = [node['example']];
    delete node['example'];
  });
}

/** The names of the schemas that a part of the document refers to, also by way of others. */
export function schemasUsedBy(part: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const found = new Set<string>();
  const collect = (within: unknown): void => {
    visitNodes(within, ({ $ref }) => {
      const name = typeof $ref === 'string' ? /^#\/components\/schemas\/(.+)$/.exec($ref)?.[1] : undefined;
      if (name === undefined || found.has(name)) return;
      found.add(name);
      collect(schemas[name]);
    });
  };
  collect(part);
  return found;
}

/** What the server refuses, the document refuses too: members that a class does not declare. */
export function closeObjects(schemas: unknown): void {
  visitNodes(schemas, (node) => {
    if (isNode(node['properties']) && !('additionalProperties' in node)) node['additionalProperties'] = false;
  });
}
