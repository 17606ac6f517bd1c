import type { OpenAPIObject } from '@nestjs/swagger';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { compare, promise } from '../conformance/answers.js';
import { Contract } from '../conformance/contract.js';

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
  stale?: boolean;
  capacity: number;
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

export type TextAnswer = Omit<Answer, 'body'> & { text: string };

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
  private readonly contracts = new Map<string, Promise<Contract | null>>();

  constructor(private readonly answerMsMax = ANSWER_MS_MAX) {}

  /** Throws, too, when the answer is not as the OpenAPI document of the process says. */
  async send(url: string, sent: Sent): Promise<Answer> {
    const { status, headers, text } = await this.text(url, sent);
    return { status, headers, body: (text === '' ? {} : JSON.parse(text)) as Wire };
  }

  /** As `send`, of an answer that need not be JSON. */
  async text(url: string, sent: Sent): Promise<TextAnswer> {
    const answer = await this.exchange(url, sent);
    const contract = await this.contractOf(url);
    const { status, headers, text } = answer;
    if (contract) compare(contract, { method: sent.method, path: sent.path, status, headers, text });
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange(url: string, { method, path, headers = {}, body }: Sent): Promise<TextAnswer> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const type = sent === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${url}${path}`,
        { method, agent: this.agent, timeout: this.answerMsMax, headers: { ...type, ...headers } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          });
        },
      );
      asked.on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} was never answered`)));
      asked.end(sent);
    });
  }

  /** Null when the process went away just now: then it has no document to be held to, and is asked again next time. */
  private contractOf(url: string): Promise<Contract | null> {
    const known = this.contracts.get(url) ?? this.readContract(url).catch(() => null);
    this.contracts.set(url, known);
    void known.then((contract) => contract ?? this.contracts.delete(url));
    return known;
  }

  private async readContract(url: string): Promise<Contract> {
    const { text } = await this.exchange(url, { method: 'GET', path: '/openapi.json' });
    const contract = new Contract(JSON.parse(text) as OpenAPIObject);
    promise(contract);
    return contract;
  }
}
