import type { RouteOptions } from 'fastify';

export interface Route {
  method: string;
  /** As declared, with `:name` for a parameter and a final `*` for the rest. */
  url: string;
  config: NonNullable<RouteOptions['config']>;
}

/** Every route of the server as it was registered: for `Allow` headers, and for checks at start. */
export class RouteTable {
  private readonly routes: Route[] = [];

  add(route: RouteOptions): void {
    for (const method of [route.method].flat()) {
      this.routes.push({ method, url: route.url, config: route.config ?? {} });
    }
  }

  all(): readonly Route[] {
    return this.routes;
  }

  /** The route that was declared so; undefined when there is none. */
  find(method: string, url: string): Route | undefined {
    return this.routes.find((route) => route.method === method && route.url === url);
  }

  /** The methods under which a path exists, sorted; empty when it does not exist at all. */
  methodsOf(path: string): string[] {
    const segments = path.split('/');
    const methods = this.routes.filter((route) => matches(route.url.split('/'), segments)).map((route) => route.method);
    return [...new Set(methods)].sort();
  }
}

function matches(pattern: string[], segments: string[]): boolean {
  if (pattern.at(-1) === '*')
    return segments.length >= pattern.length && matches(pattern.slice(0, -1), segments.slice(0, pattern.length - 1));
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));
}
