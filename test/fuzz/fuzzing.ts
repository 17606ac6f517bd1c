import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { type ApiDocument, operationsOf } from './api-operations.js';
import { credentialsOf, type Keys } from './callers.js';
import { Claims, Known } from './known.js';
import { curlOf, requestOf, type Sent } from './requests.js';
import { setScene } from './scene.js';
import { Verdicts } from './verdicts.js';
import { type Step, walksOf } from './walks.js';
import { type Answered, Wire } from './wire.js';

/** What went wrong, the shortest walk to it that was found, and how to walk it again. */
export interface Fault {
  readonly message: string;
  readonly seed: number;
  readonly path: string;
  /** Every request of the walk, the failing one last. */
  readonly curls: readonly string[];
}

export interface Asked {
  seed: number;
  requests: number;
  /** Of an earlier fault: that walk alone. */
  path?: string | undefined;
}

/** Walks of one seed; how many requests are left for them. */
interface Lane {
  left: number;
  /** The fault whose shortest walk is being looked for. */
  fault: string | null;
}

/** A walk that fails is tried shorter so often; each try is a walk with a scene of its own. */
const SHORTER_TRIES_MAX = 60;
const FAULTS_MAX = 12;
/** Walks are this long on average; more than are needed are planned, and those beyond the end do nothing. */
const STEPS_MIN = 5;

interface Exchange {
  readonly step: Step;
  readonly sent: Sent;
  readonly known: Known;
  readonly curls: readonly string[];
  readonly lane: Lane;
}

class Failed extends Error {
  constructor(
    readonly signature: string,
    message: string,
    readonly curls: readonly string[],
  ) {
    super(message);
  }
}

/** Walks through a running service by its own document, and keeps count of what was met. */
export class Fuzzing {
  readonly statuses = new Map<number, number>();
  readonly faults: Fault[] = [];
  /** Told at once: whoever stops a long run has seen what it found. */
  onFault: (fault: Fault) => void = () => undefined;
  requests = 0;
  walks = 0;
  private readonly known = new Set<string>();
  private readonly claims = new Claims();
  private readonly steps: fc.Arbitrary<Step[]>;

  private constructor(
    private readonly wire: Wire,
    readonly verdicts: Verdicts,
    private readonly credentials: Readonly<Record<string, string | null>>,
    document: ApiDocument,
  ) {
    const able = operationsOf(document).filter(({ callers }) => callers.some((kind) => kind in credentials));
    this.steps = walksOf(document, able);
  }

  static async of(url: string, keys: Keys): Promise<Fuzzing> {
    const wire = new Wire(url);
    const get = (path: string, headers = {}): Promise<{ text: string }> =>
      wire.send({ method: 'GET', path, headers, payload: undefined });
    const { text } = await get('/openapi.json');
    const credentials = await credentialsOf(wire, keys);
    const fuzzing = new Fuzzing(
      ...[wire, new Verdicts(JSON.parse(text) as OpenAPIObject), credentials],
      JSON.parse(text) as ApiDocument,
    );
    // The keys that we call with are nobody's to revoke.
    const keyList = await get('/v1/admin/api-keys?limit=100', { authorization: credentials['admin'] ?? '' });
    new Known(fuzzing.claims).learn('', JSON.parse(keyList.text), true);
    return fuzzing;
  }

  close(): void {
    this.wire.close();
  }

  /** Walks until so many requests were sent. A fault that was met before does not end a walk again. */
  async run({ seed, requests, path }: Asked): Promise<void> {
    const lane: Lane = { left: requests, fault: null };
    for (let next = seed; lane.left > 0 && this.faults.length < FAULTS_MAX; next++) {
      await this.check(next, lane, path);
      if (path !== undefined) return;
    }
  }

  private async check(seed: number, lane: Lane, path?: string): Promise<void> {
    lane.fault = null;
    let tries = 0;
    const property = fc.asyncProperty(this.steps, async (steps) => {
      if (lane.fault === null ? lane.left <= 0 : ++tries > SHORTER_TRIES_MAX) return;
      try {
        await this.walk(steps, lane);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        // While a walk is made shorter it must go on failing in the same way.
        if (lane.fault !== null && lane.fault !== error.signature) return;
        lane.fault = error.signature;
        this.known.add(error.signature);
        throw error;
      }
    });
    const numRuns = Math.ceil(lane.left / STEPS_MIN);
    const result = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
    if (!result.failed) return;
    const { errorInstance: error, counterexamplePath } = result;
    if (!(error instanceof Failed)) throw error;
    const fault = { message: error.message, curls: error.curls, seed, path: counterexamplePath ?? '' };
    this.faults.push(fault);
    this.onFault(fault);
  }

  private async walk(steps: readonly Step[], lane: Lane): Promise<void> {
    this.walks++;
    const known = new Known(this.claims);
    const curls: string[] = [];
    await setScene(this.wire, this.credentials, known);
    for (const step of steps) {
      const sent = requestOf(step, known, this.credentials);
      curls.push(curlOf(this.wire.url, sent));
      lane.left--;
      await this.exchange({ step, sent, known, curls, lane });
    }
  }

  private async exchange({ step, sent, known, curls, lane }: Exchange): Promise<void> {
    let status = 0;
    try {
      const answered = await this.wire.send(sent);
      this.requests++;
      ({ status } = answered);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      this.verdicts.judge(step.operation, sent, answered);
      learn(known, sent, answered);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const signature = `${step.operation.id} ${status} ${message.replaceAll(/[\d"].*/gs, '').slice(0, 80)}`;
      if (this.known.has(signature) && lane.fault !== signature) return;
      throw new Failed(
        signature,
        `${step.operation.id} (${sent.method} ${sent.path.slice(0, 200)}) → ${status || 'no answer'}: ${message}`,
        curls,
      );
    }
  }
}

/** A list may name what another walk has just made, and does not know of yet. */
function learn(known: Known, { method, path }: Sent, { headers, text }: Answered): void {
  const isNew = method !== 'GET' || known.isAbout(path);
  if (headers['etag'] !== undefined) known.learn('If-None-Match', headers['etag'], isNew);
  if (headers['idempotency-key'] !== undefined) known.learn('Idempotency-Key', headers['idempotency-key'], isNew);
  if (/[/+]json/.test(String(headers['content-type'])) && text !== '') known.learn('', JSON.parse(text), isNew);
}
