import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { RedisConnections } from '../../src/platform/redis.js';
import { testConfig } from '../settings.js';

/** How often this Redis says that it still reads its file. Were its guess believed even once, the test would run out of time. */
const TIMES_LOADING = 20;
const LOADING = 'loading:1\r\nloading_eta_seconds:3600\r\n';

let server: Server;
let asked = 0;

/** Says what a Redis says that has just been started with a large file. */
function answer(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.on('data', (sent) => {
    for (const command of sent.toString().split(/(?=\*\d+\r\n)/)) socket.write(replyTo(command));
  });
}

function replyTo(command: string): string {
  if (command.includes('hello')) return '-NOPROTO an old one\r\n';
  if (!command.includes('info')) return '+OK\r\n';
  const text = asked++ < TIMES_LOADING ? LOADING : 'loading:0\r\n';
  return `$${text.length}\r\n${text}\r\n`;
}

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('a Redis that reads its file', () => {
  it('is used as soon as it is done, not when it had thought that it would be', async () => {
    const { port } = server.address() as AddressInfo;
    const connections = new RedisConnections(
      testConfig('postgres://nowhere/none', { REDIS_URL: `redis://127.0.0.1:${port}` }),
    );
    try {
      await once(connections.patient(), 'ready');
      expect(asked).toBe(TIMES_LOADING + 1);
    } finally {
      await connections.onApplicationShutdown();
    }
  });
});
