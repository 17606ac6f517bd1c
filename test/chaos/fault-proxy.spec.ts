import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../e2e/eventually.js';
import { FaultProxy } from './fault-proxy.js';

// An echo behind the proxy; what a client hears, and whether its connection lives, is all that there is to see.
let echo: Server;
let heard: string[];
let proxy: FaultProxy;
beforeEach(async () => {
  heard = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(chunk.toString());
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await FaultProxy.open(`redis://127.0.0.1:${(echo.address() as AddressInfo).port}/0`);
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

class Client {
  text = '';
  closed = false;
  constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => (this.text += chunk.toString()));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }
  say(text: string): void {
    this.socket.write(text);
  }
  hears(text: string): Promise<unknown> {
    return eventually(`hears ${text}`, async () => this.text === text);
  }
  isCutOff(): Promise<unknown> {
    return eventually('is cut off', async () => this.closed);
  }
  end(): void {
    this.socket.destroy();
  }
}
const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.end();
});
const dial = (): Client => {
  const client = new Client(connect(proxy.port, '127.0.0.1'));
  clients.push(client);
  return client;
};
const talking = async (): Promise<Client> => {
  const client = dial();
  client.say('a');
  await client.hears('a');
  return client;
};

describe('a fault proxy', () => {
  it('passes on what it is given, both ways, and keeps the rest of a URL', async () => {
    await talking();
    expect(heard).toEqual(['a']);
    expect(proxy.reroute('postgres://me@localhost:5432/holdfast')).toBe(
      `postgres://me@127.0.0.1:${proxy.port}/holdfast`,
    );
  });

  it('cuts every connection and lets none in, until it heals', async () => {
    const before = await talking();
    proxy.strike({ kind: 'cut' });
    await before.isCutOff();
    await dial().isCutOff();
    proxy.heal();
    await talking();
  });

  it('drops replies to what has arrived, and cuts the connection when it heals', async () => {
    const client = await talking();
    proxy.strike({ kind: 'drop-replies' });
    client.say('b');
    await eventually('b arrives', async () => heard.includes('b'));
    proxy.heal();
    await client.isCutOff();
    expect(client.text).toBe('a');
  });

  it('delays both ways, and nothing overtakes what is delayed', async () => {
    const client = await talking();
    proxy.strike({ kind: 'delay', ms: 60 });
    const from = performance.now();
    client.say('b');
    await eventually('b arrives', async () => heard.includes('b'));
    proxy.heal();
    client.say('c');
    await client.hears('abc');
    expect(performance.now() - from).toBeGreaterThan(55);
  });

  it('throttles to so many bytes a second', async () => {
    const client = await talking();
    proxy.strike({ kind: 'throttle', bytesPerSecond: 10_000 });
    const from = performance.now();
    client.say('x'.repeat(1_000));
    await client.hears(`a${'x'.repeat(1_000)}`);
    expect(performance.now() - from).toBeGreaterThan(180);
  });

  it('loses one answer to what is named, with its connection, and heals by itself', async () => {
    const [asker, other] = [await talking(), await talking()];
    proxy.strike({ kind: 'lose-answer', to: 'COMMIT' });
    other.say('b');
    await other.hears('ab');
    asker.say('COMMIT');
    await asker.isCutOff();
    expect(asker.text).toBe('a');
    expect(heard).toContain('COMMIT');
    expect(proxy.answersLost).toBe(1);
    other.say('COMMIT');
    await other.hears('abCOMMIT');
    expect(proxy.answersLost).toBe(1);
  });

  it('leaves connections half open: silent for good and never closed, while later ones work', async () => {
    const before = await talking();
    proxy.strike({ kind: 'half-open' });
    const meanwhile = dial();
    await eventually('both are linked', async () => proxy.linkCount === 2);
    before.say('b');
    meanwhile.say('c');
    proxy.heal();
    await talking();
    before.say('d');
    expect(before.text + meanwhile.text).toBe('a');
    expect(before.closed || meanwhile.closed).toBe(false);
    expect(heard).toEqual(['a', 'a']);
  });
});
