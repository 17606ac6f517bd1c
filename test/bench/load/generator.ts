import { readFileSync } from 'node:fs';
import { HttpConnection } from './http-connection.js';
import type { LoadPlan, LoadResult, LoadSaid } from './load-plan.js';
import { Measure } from './measure.js';
import { Requests } from './requests.js';

// A process of its own, so that its work is not counted as the service's. argv: a file with the plan.
const ARRIVALS_EVERY_MS = 1;
const LATE_MS = 10;

function run(plan: LoadPlan): Promise<LoadResult> {
  const requests = new Requests(plan);
  const measure = new Measure();
  return new Promise((resolve, reject) => {
    const idle: HttpConnection[] = [];
    const due: number[] = [];
    /** Taken from the front by a number: `shift` moves everybody, and an overload has tens of thousands. */
    let taken = 0;
    let over = false;
    let asleep = 0;
    const send = (connection: HttpConnection, startedAt: number): void => {
      const request = over ? null : requests.next();
      if (request === null) {
        // Every value is used: what was measured is over when the last answer is there.
        if (++asleep === connections.length && measure.began) finish();
        return;
      }
      if (plan.perSecond !== undefined && performance.now() - startedAt > LATE_MS) measure.late++;
      connection.ask(request, startedAt);
    };
    const answered = (connection: HttpConnection, status: number, startedAt: number, retryAfter: boolean): void => {
      measure.answer(status, startedAt, retryAfter);
      if (plan.perSecond === undefined) return send(connection, performance.now());
      const waiting = due[taken];
      if (waiting === undefined) idle.push(connection);
      else {
        taken++;
        send(connection, waiting);
      }
    };
    const ports = [plan.port, ...(plan.morePorts ?? [])];
    const connections: HttpConnection[] = [];
    const connect = (): HttpConnection => {
      const port = ports[connections.length % ports.length] ?? plan.port;
      const connection = new HttpConnection(port, answered, reject);
      connections.push(connection);
      return connection;
    };
    if (plan.perSecond === undefined) for (let i = 0; i < plan.connections; i++) send(connect(), performance.now());
    else {
      arrive(plan.perSecond, (at) => {
        // Made when it is needed: a server closes those on which nothing was ever asked.
        const connection = idle.pop() ?? (connections.length < plan.connections ? connect() : undefined);
        if (connection) send(connection, at);
        else due.push(at);
      });
    }
    const finish = (): void => {
      if (over) return;
      // Nothing answered yet tells nothing: a machine that busy gets more time.
      if (!measure.any) return after(plan.seconds, finish);
      const result = measure.end(requests.used);
      over = true;
      for (const connection of connections) connection.close();
      resolve(result);
    };
    after(plan.warmSeconds, () => {
      measure.begin();
      tell({ kind: 'measuring' });
      after(plan.seconds, finish);
    });
  });
}

/** Calls `arrival` with the time of each arrival, evenly spaced, whatever the answers do. */
function arrive(perSecond: number, arrival: (at: number) => void): void {
  const gap = 1_000 / perSecond;
  let next = performance.now();
  setInterval(() => {
    for (const now = performance.now(); next <= now; next += gap) arrival(next);
  }, ARRIVALS_EVERY_MS);
}

function after(seconds: number, then: () => void): void {
  setTimeout(then, seconds * 1_000);
}

const tell = (said: LoadSaid): void => void process.send?.(said);

run(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as LoadPlan).then(
  (result) => {
    tell({ kind: 'done', result });
    setImmediate(() => process.exit(0));
  },
  (error: unknown) => {
    tell({ kind: 'failed', why: String(error) });
    setImmediate(() => process.exit(1));
  },
);
