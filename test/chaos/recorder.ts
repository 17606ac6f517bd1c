import type { Answer, Wire } from '../e2e/http-client.js';
import type { Operation, Standing, Told } from './history.js';

export type Asked = Pick<Operation, 'kind' | 'customerId' | 'key'> & Partial<Pick<Operation, 'reference' | 'restock'>>;

/** Milliseconds since 1970 that never run back: this program's steady clock. */
export const steadyNow = (): number => performance.timeOrigin + performance.now();

const timeOf = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null);

/** Writes down each question of a client, and the answer, with times. */
export class Recorder {
  readonly operations: Operation[] = [];
  /** Answers that no contract allows; each is a finding by itself. */
  readonly faults: string[] = [];

  /** A connection that broke says nothing; an answer that is not in the OpenAPI document does. */
  unanswered(error: unknown): null {
    if (String(error).includes('OpenAPI')) this.faults.push(String(error));
    return null;
  }

  /** Asks, and returns what is known then; the answer itself is null when there was none. */
  async ask(asked: Asked, call: () => Promise<Answer>): Promise<{ operation: Operation; answer: Answer | null }> {
    const invokedAt = steadyNow();
    const answer = await call().catch((error: unknown) => this.unanswered(error));
    const operation = {
      reference: null,
      restock: null,
      ...asked,
      invokedAt,
      endedAt: steadyNow(),
      ...outcomeOf(asked, answer),
    };
    this.operations.push(operation);
    if (answer?.status === 500) this.faults.push(`${asked.kind} of ${asked.key}: 500 ${JSON.stringify(answer.body)}`);
    return { operation, answer };
  }
}

/** What an answer says; null is none at all. */
export function outcomeOf(asked: Asked, answer: Answer | null): Pick<Operation, 'outcome' | 'code' | 'told'> {
  // 408: the service gave up reading it, which says nothing of a payment.
  if (!answer || answer.status >= 500 || answer.status === 429 || answer.status === 408)
    return { outcome: 'unknown', code: answer?.body.code ?? null, told: null };
  const { status, body } = answer;
  // What is marked as perhaps behind is no evidence: asked again, it will be.
  if (body.stale) return { outcome: 'unknown', code: 'stale', told: null };
  if (status < 400)
    return {
      outcome: 'ok',
      code: null,
      told: asked.kind === 'confirm' || asked.kind === 'cancel' ? orderTold(body) : reservationTold(body),
    };
  const refusedHere = asked.kind === 'reserve' && body.reservationId;
  return { outcome: 'fail', code: body.code, told: refusedHere ? rejectionTold(body) : null };
}

const placesOf = ({ lines }: Wire): string[] =>
  lines.flatMap(({ skuId, units }) => units.map((label) => `${skuId}:${label}`)).sort();

/** A reservation, as an answer shows it. */
export function reservationTold(body: Wire): Told {
  const standing = body.status as Standing;
  const deadline =
    standing === 'held' ? timeOf(body.expiresAt) : standing === 'checkout' ? timeOf(body.checkoutExpiresAt) : null;
  return { id: body.id, standing, version: body.version, places: placesOf(body), deadline, orderId: body.orderId };
}

function orderTold(body: Wire): Told {
  const standing = body.status === 'cancelled' ? 'cancelled' : 'confirmed';
  return { id: body.reservationId, standing, version: null, places: placesOf(body), deadline: null, orderId: body.id };
}

/** A refusal that was decided in the queue; it carries the reservation's id. */
function rejectionTold({ reservationId: id }: Wire): Told {
  return { id, standing: 'rejected', version: null, places: [], deadline: null, orderId: null };
}
