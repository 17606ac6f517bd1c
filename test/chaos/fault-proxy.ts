import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a network does to those who trust it. */
export type NetworkFault =
  /** Every connection breaks, and none can be made. */
  | { kind: 'cut' }
  /** What is asked arrives, what is answered does not; the connections break when it heals. */
  | { kind: 'drop-replies' }
  /** Everything takes so much longer, each way. */
  | { kind: 'delay'; ms: number }
  /** No more than so many bytes a second pass, each way. */
  | { kind: 'throttle'; bytesPerSecond: number }
  /** Nothing arrives any more and nobody is told: connections of this time stay silent for good, later ones work. */
  | { kind: 'half-open' }
  /** The next request in which `to` stands arrives and is done; its answer is lost with its connection. Heals by itself. */
  | { kind: 'lose-answer'; to: string };

type Way = 'request' | 'reply';

interface Link {
  readonly ends: readonly Socket[];
  /** When the last chunk of each way leaves. */
  readonly leavesAt: Record<Way, number>;
  /** The last chunk of each way has left: a later one must not overtake it, and timers alone may fire out of turn. */
  readonly left: Record<Way, Promise<void>>;
  /** Something that was sent on it never arrived. */
  spoilt: boolean;
  /** Nothing passes on it any more, ever. */
  silent: boolean;
  /** It breaks where its next answer would have passed. */
  doomed: boolean;
}

/** Redis did nothing: the same is asked again with the text of the script. */
const NOTHING_DONE = '-NOSCRIPT';

/** A TCP relay to one server, with a network that can be made to fail. Bytes are passed on as they are. */
export class FaultProxy {
  private readonly links = new Set<Link>();
  private fault: NetworkFault | null = null;
  /** How many answers `lose-answer` has lost. */
  answersLost = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (client) => this.link(client));
  }

  /** Relays to where `url` leads. */
  static async open(url: string): Promise<FaultProxy> {
    const { hostname: host, port } = new URL(url);
    const server = createServer({ noDelay: true });
    const proxy = new FaultProxy(server, { host, port: Number(port) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get linkCount(): number {
    return this.links.size;
  }

  /** The same URL, by way of this proxy. */
  reroute(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  strike(fault: NetworkFault): void {
    this.fault = fault;
    for (const link of this.links) this.suffer(link);
  }

  heal(): void {
    this.fault = null;
    for (const link of this.links) if (link.spoilt) this.breakLink(link);
  }

  async close(): Promise<void> {
    for (const link of this.links) this.breakLink(link);
    await new Promise((resolve) => this.server.close(resolve));
  }

  private link(client: Socket): void {
    const server = connect({ ...this.target, noDelay: true });
    const left = { request: Promise.resolve(), reply: Promise.resolve() };
    const link: Link = {
      ...{ ends: [client, server], leavesAt: { request: 0, reply: 0 }, left },
      ...{ spoilt: false, silent: false, doomed: false },
    };
    this.links.add(link);
    for (const end of link.ends) {
      end.on('error', () => this.breakLink(link));
      end.on('close', () => this.breakLink(link));
    }
    client.on('data', (chunk) => this.pass(link, 'request', chunk, server));
    server.on('data', (chunk) => this.pass(link, 'reply', chunk, client));
    this.suffer(link);
  }

  private suffer(link: Link): void {
    if (this.fault?.kind === 'cut') this.breakLink(link);
    if (this.fault?.kind === 'half-open') link.silent = true;
  }

  private pass(link: Link, way: Way, chunk: Buffer, to: Socket): void {
    if (link.silent || this.losesAnswer(link, way, chunk)) return;
    if (this.fault?.kind === 'drop-replies' && way === 'reply') {
      link.spoilt = true;
      return;
    }
    const now = performance.now();
    const at = Math.max(now, link.leavesAt[way]) + this.delayOf(chunk, now, link.leavesAt[way]);
    link.leavesAt[way] = at;
    link.left[way] = link.left[way]
      .then(() => until(at))
      .then(() => {
        if (!link.silent && !to.destroyed) to.write(chunk);
      });
  }

  private losesAnswer(link: Link, way: Way, chunk: Buffer): boolean {
    if (way === 'request') {
      if (this.fault?.kind !== 'lose-answer' || !chunk.includes(this.fault.to)) return false;
      link.doomed = true;
      return false;
    }
    if (!link.doomed || this.fault?.kind !== 'lose-answer') return false;
    link.doomed = !chunk.subarray(0, NOTHING_DONE.length).equals(Buffer.from(NOTHING_DONE));
    if (!link.doomed) return false;
    this.fault = null;
    this.answersLost++;
    this.breakLink(link);
    return true;
  }

  /** A delayed chunk leaves so long after it came; a throttled one so long after the one before it. */
  private delayOf(chunk: Buffer, now: number, lastLeavesAt: number): number {
    if (this.fault?.kind === 'delay') return Math.max(0, this.fault.ms - Math.max(0, lastLeavesAt - now));
    if (this.fault?.kind === 'throttle') return (chunk.length / this.fault.bytesPerSecond) * 1_000;
    return 0;
  }

  private breakLink(link: Link): void {
    if (!this.links.delete(link)) return;
    for (const end of link.ends) end.destroy();
  }
}

async function until(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms <= 0) return;
  // pause: a delayed chunk leaves when its time has come
  await new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)));
}
