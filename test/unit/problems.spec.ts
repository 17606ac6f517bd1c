import { Problem, problemBody, PROBLEMS } from '../../src/problems.js';

describe('a problem', () => {
  it.each(Object.entries(PROBLEMS))('%s has a code in words and an error status', (code, { status, title }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toMatch(/[.!]$/);
  });

  it('has a type that ends in its code, its extensions beside it, and nothing else', () => {
    expect(problemBody('sold-out', 'None are left.', { lines: [] })).toEqual({
      type: 'https://holdfast.dev/problems/sold-out',
      title: 'Sold out',
      status: 409,
      detail: 'None are left.',
      code: 'sold-out',
      lines: [],
    });
  });

  it('takes another status where the contract says so, in the body too', () => {
    const problem = new Problem('sku-not-found', 'No such SKU.', {}, 422);
    expect(problem.status).toBe(422);
    expect(problem.body()).toMatchObject({ status: 422, code: 'sku-not-found' });
  });
});
