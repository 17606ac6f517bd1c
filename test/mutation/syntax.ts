import type { Node } from 'luaparse';

export interface Span {
  from: number;
  to: number;
}

/** Where statements begin, each of them a place that tests reach or do not. */
export const STATEMENTS: ReadonlySet<string> = new Set([
  ...['LocalStatement', 'AssignmentStatement', 'CallStatement', 'ReturnStatement', 'BreakStatement', 'IfStatement'],
  ...['WhileStatement', 'RepeatStatement', 'ForNumericStatement', 'ForGenericStatement', 'DoStatement'],
]);

/** The parser is asked for ranges; a node without one is a mistake of ours. */
export function spanOf(node: Node): Span {
  const range = 'range' in node ? (node.range as [number, number] | undefined) : undefined;
  if (!range) throw new Error(`a ${node.type} without a range`);
  return { from: range[0], to: range[1] };
}

export const textOf = (source: string, node: Node): string => source.slice(spanOf(node).from, spanOf(node).to);

export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'range' in value;
}

/** 'redis.call' of a call of it; a call of something that has no such name: ''. */
export function calleeOf(node: Node): string {
  if (node.type !== 'CallExpression') return '';
  const { base } = node;
  if (base.type === 'Identifier') return base.name;
  return base.type === 'MemberExpression' && base.base.type === 'Identifier'
    ? `${base.base.name}.${base.identifier.name}`
    : '';
}

/** '#list + 1' as an index: every other number there only breaks the list. */
export function isNextIndex(node: Node, [parent]: readonly Node[]): boolean {
  return (
    parent?.type === 'IndexExpression' &&
    parent.index === node &&
    node.type === 'BinaryExpression' &&
    node.left.type === 'UnaryExpression' &&
    node.left.operator === '#'
  );
}
