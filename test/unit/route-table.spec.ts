import { RouteTable } from '../../src/platform/route-table.js';

const table = new RouteTable();
const add = (method: string | string[], url: string): void => table.add({ method, url, handler: () => undefined });
add('GET', '/v1/sales');
add('POST', '/v1/sales');
add(['GET', 'HEAD'], '/v1/sales/:saleId');
add('GET', '/docs/*');

describe('the methods of a path', () => {
  it.each([
    ['/v1/sales', ['GET', 'POST']],
    ['/v1/sales/sale_1', ['GET', 'HEAD']],
    ['/v1/sales/', []],
    ['/v1/sales/sale_1/x', []],
    ['/docs/a/b.css', ['GET']],
    ['/nothing', []],
  ])('%s: %j', (path, methods) => {
    expect(table.methodsOf(path)).toEqual(methods);
  });
});
