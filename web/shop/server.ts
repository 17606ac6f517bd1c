import { type Api, createApi } from '@holdfast/client/api-client';
import { ServerClock } from '@holdfast/client/server-clock';
import { forgetBuyer, keptBuyer } from './buyer.js';
import { shortened, wireLog } from './wire-log.js';

export const clock = new ServerClock();

/** Who calls: the buyer's token, and nothing that another page could send. */
export const buyerHeaders = (): Record<string, string> => {
  const buyer = keptBuyer();
  return buyer ? { Authorization: `Bearer ${buyer.token}` } : {};
};

export const api: Api = createApi({
  headers: buyerHeaders,
  onProblem: ({ status }) => {
    // The token is of another installation, or too old: this window begins anew, as somebody else.
    if (status !== 401) return;
    forgetBuyer();
    location.reload();
  },
});

const pathOf = (url: string): string => shortened(new URL(url).pathname.replace('/v1', ''));

api.use({
  onResponse: ({ request, response }) => {
    wireLog.note(`${request.method} ${pathOf(request.url)}`, String(response.status), !response.ok);
  },
  onError: ({ request }) => {
    wireLog.note(`${request.method} ${pathOf(request.url)}`, 'no answer', true);
  },
});
