import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomChars } from '../../src/platform/ids.js';
import type { Contract, Exchange, Seen } from './contract.js';
import type { EventContract, ToldEvent } from './event-contract.js';

/** What this test file has seen of the API, and what of it the document does not say. */
const seen = new Set<string>();
const promised = new Set<string>();
const faults: Error[] = [];

const lineOf = ({ operation, status, code }: Seen): string => `${operation} ${status}${code ? ` ${code}` : ''}`;

/** Compares an answer with the document. Throws, and remembers: a test that swallows the error fails all the same. */
export function compare(contract: Contract, exchange: Exchange): void {
  try {
    const answer = contract.judge(exchange);
    if (answer) seen.add(lineOf(answer));
  } catch (error) {
    const { method, path, status } = exchange;
    const fault = new Error(`${method} ${path} → ${status} is outside the OpenAPI document: ${String(error)}`);
    faults.push(fault);
    throw fault;
  }
}

/** Compares an event with the document of the events. Remembers what is wrong: whoever reads a stream reads on. */
export function compareEvent(contract: EventContract, path: string, event: ToldEvent): void {
  try {
    contract.judge(path, event);
  } catch (error) {
    faults.push(new Error(`event ${event.event} of ${path} is outside the AsyncAPI document: ${String(error)}`));
  }
}

/** A document of the whole API: what it promises is what the tests together must have seen. */
export function promise(contract: Contract): void {
  for (const answer of contract.promised()) promised.add(lineOf(answer));
}

/** The faults since this was asked for last. */
export const takeFaults = (): Error[] => faults.splice(0);

/** Leaves what was seen for the reporter, which compares it when the whole suite has run. */
export function leaveAnswers(): void {
  const scratch = process.env['TEST_SCRATCH_DIRECTORY'];
  if (!scratch || seen.size + promised.size === 0) return;
  const folder = join(scratch, 'answers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${randomChars(12)}.json`), JSON.stringify({ seen: [...seen], promised: [...promised] }));
}
