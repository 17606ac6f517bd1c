import type { Node } from 'luaparse';
import { calleeOf, isNextIndex, type Span, spanOf, textOf } from './syntax.js';

interface Change {
  span: Span;
  after: string;
}

type Operator = (node: Node, parents: readonly Node[], source: string) => Change[];

/** What is tried at one place of the text. */
export function changesOf(node: Node, parents: readonly Node[], source: string): Change[] {
  if (isLeftAlone(node, parents)) return [];
  return OPERATORS.flatMap((operator) => operator(node, parents, source));
}

/** Texts of errors are for people; a command or a function that does not exist fails at once, which proves nothing. */
function isLeftAlone(node: Node, parents: readonly Node[]): boolean {
  if (parents.some((parent) => calleeOf(parent) === 'error')) return true;
  const [parent, grandparent] = parents;
  const ofCall = parent && ['redis.call', 'call_in_chunks'].includes(calleeOf(parent));
  if (ofCall && parent.type === 'CallExpression' && parent.arguments[0] === node) return true;
  return isNextIndex(node, parents) || (parent !== undefined && isNextIndex(parent, grandparent ? [grandparent] : []));
}

const OPPOSITES: Record<string, readonly string[]> = {
  ...{ '==': ['~='], '~=': ['=='], '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'] },
  ...{ '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'] },
};

/** A condition is true, or false, whatever is the case. A loop that never ends shows nothing that a false one does not. */
const conditions: Operator = (node) => {
  const always = (condition: Node, ...words: string[]): Change[] =>
    condition.type === 'BooleanLiteral' ? [] : words.map((after) => ({ span: spanOf(condition), after }));
  switch (node.type) {
    case 'IfClause':
    case 'ElseifClause':
      return always(node.condition, 'true', 'false');
    case 'WhileStatement':
      return always(node.condition, 'false');
    case 'RepeatStatement':
      return always(node.condition, 'true');
    default:
      return [];
  }
};

/** Half of a condition is left out, or it says the opposite, or its boundary moves by one. */
const operands: Operator = (node, _, source) => {
  const become = (...texts: string[]): Change[] => texts.map((after) => ({ span: spanOf(node), after }));
  if (node.type === 'LogicalExpression')
    return become(`(${textOf(source, node.left)})`, `(${textOf(source, node.right)})`);
  if (node.type === 'UnaryExpression' && node.operator !== '#') return become(textOf(source, node.argument));
  if (node.type !== 'BinaryExpression') return [];
  const [left, right] = [textOf(source, node.left), textOf(source, node.right)];
  return become(...(OPPOSITES[node.operator] ?? []).map((operator) => `${left} ${operator} ${right}`));
};

const COMPARISONS: ReadonlySet<string> = new Set(['==', '~=']);

/** Another number, another text. What a text is compared with is left: no comparison holds then, which is tried anyway. */
const literals: Operator = (node, [parent]) => {
  if (node.type === 'NumericLiteral')
    return [{ span: spanOf(node), after: node.value === 1 ? '0' : String(node.value + 1) }];
  if (node.type !== 'StringLiteral') return [];
  if (parent?.type === 'BinaryExpression' && COMPARISONS.has(parent.operator)) return [];
  return [{ span: spanOf(node), after: /^['"]{2}$/.test(node.raw) ? `'x'` : `''` }];
};

/** A write, or any other step, is left out; of several assignments at once, and of several fields at once, each one. */
const steps: Operator = (node, _, source) => {
  if (node.type === 'CallStatement' || node.type === 'BreakStatement') return [{ span: spanOf(node), after: 'do end' }];
  if (node.type === 'CallExpression') return fieldsOf(node);
  if (node.type !== 'AssignmentStatement') return [];
  const { init, variables } = node;
  if (variables.length === 1 || init.length !== variables.length) return [{ span: spanOf(node), after: 'do end' }];
  return variables.flatMap((variable, i) => {
    const value = init[i];
    return value ? [{ span: spanOf(value), after: textOf(source, variable) }] : [];
  });
};

/** redis.call('HSET', key, name, value, name, value): each pair but an only one. */
function fieldsOf(node: Extract<Node, { type: 'CallExpression' }>): Change[] {
  const [command] = node.arguments;
  const { arguments: all } = node;
  if (
    calleeOf(node) !== 'redis.call' ||
    command?.type !== 'StringLiteral' ||
    command.raw !== `'HSET'` ||
    all.length < 6
  )
    return [];
  const changes: Change[] = [];
  for (let at = 2; at + 1 < all.length; at += 2) {
    const [before, last] = [all[at - 1], all[at + 1]];
    if (before && last) changes.push({ span: { from: spanOf(before).to, to: spanOf(last).to }, after: '' });
  }
  return changes;
}

/** A bound that is none, a number that is not rounded. */
const bounds: Operator = (node, _, source) => {
  if (node.type !== 'CallExpression' || !/^math\.(?:min|max|floor|ceil)$/.test(calleeOf(node))) return [];
  return node.arguments.map((argument) => ({ span: spanOf(node), after: `(${textOf(source, argument)})` }));
};

const OPERATORS: readonly Operator[] = [conditions, operands, literals, steps, bounds];
