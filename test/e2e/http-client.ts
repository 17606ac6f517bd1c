import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** Everything that a body of the API may have; a member that is not there fails the test that looks at it. */
export interface Wire {
  url?: string;
  ticket?: string;
  id: string;
  saleId: string;
  reservationId: string;
  customerId: string | null;
  status: string;
  lines: WireLine[];
  currency: string;
  total: number;
  queuedAt: string | null;
  heldAt: string | null;
  expiresAt: string | null;
  checkoutExpiresAt: string | null;
  extensionsLeft: number;
  orderId: string | null;
  problem: Wire | null;
  metadata: Record<string, unknown> | null;
  version: number;
  paymentReference: string;
  confirmedAt: string;
  cancelledAt: string | null;
  restocked: boolean | null;
  items: Wire[];
  nextCursor: string | null;
  skus: WireSku[];
  code: string;
  type: string;
  title: string;
  detail: string;
  instance: string;
  reason: string;
  reservationStatus: string;
  errors: { pointer: string; detail: string }[];
  limit: number;
  held: number;
  sold: number;
  reservationIds: string[];
  opensAt: string | null;
  closedAt: string | null;
  expected: { amount: number; currency: string };
}

export interface WireLine {
  skuId: string;
  quantity: number;
  requested: number;
  units: string[];
  unitPrice: number;
  available: number;
  heldByOthers: number;
  nextExpiryAt: string | null;
  unavailableUnits: string[];
}

export interface WireSku {
  id: string;
  skuId: string;
  state: string;
  capacity: number;
  available: number;
  held: number;
  checkout: number;
  sold: number;
  blocked: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Wire;
}

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** No answer of the API takes longer than its longest wait; a process that was killed may leave a request hanging. */
const ANSWER_MS_MAX = 45_000;

/** One connection pool for a test file. Rejects when the connection breaks before the whole answer is there. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  send(url: string, { method, path, headers = {}, body }: Sent): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${url}${path}`,
        { method, agent: this.agent, timeout: ANSWER_MS_MAX, headers: { ...type, ...headers } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const received = Buffer.concat(chunks).toString();
            const parsed = (received === '' ? {} : JSON.parse(received)) as Wire;
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: parsed });
          });
        },
      );
      asked.on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} was never answered`)));
      asked.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
