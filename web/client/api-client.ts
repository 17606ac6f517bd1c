import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from './generated/api.js';
import { ProblemError, problemOf } from './problem-error.js';

/** The API's paths, typed by its OpenAPI document. Answers that are no success are thrown as `ProblemError`. */
export type Api = Client<paths>;
/** The resources of the API, by their names in its OpenAPI document. */
export type Schemas = components['schemas'];

export interface ApiOptions {
  /** Where the service is, without a slash at the end; empty for the page's own origin. */
  readonly baseUrl?: string;
  /** Sent with every request: credentials, as a rule. Asked anew each time. */
  readonly headers?: () => Record<string, string>;
  /** Told of every refusal before it is thrown. */
  readonly onProblem?: (problem: ProblemError) => void;
}

/** A client for one service: `api.GET('/v1/sales/{saleId}', { params: { path: { saleId } } })`. */
export function createApi({ baseUrl = '', headers, onProblem }: ApiOptions = {}): Api {
  const api = createClient<paths>({ baseUrl });
  const middleware: Middleware = {
    onRequest: ({ request }) => {
      for (const [name, value] of Object.entries(headers?.() ?? {})) request.headers.set(name, value);
      return request;
    },
    onResponse: async ({ response }) => {
      if (response.ok || response.status === 304) return undefined;
      const problem = await problemOf(response);
      onProblem?.(problem);
      throw problem;
    },
    onError: ({ error }) => (error instanceof ProblemError ? error : ProblemError.unreachable(error)),
  };
  api.use(middleware);
  return api;
}
