import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Site } from '../e2e/site.js';

/** What the system lets a program keep waiting; other systems than Linux let less. */
const SOMAXCONN = '/proc/sys/net/core/somaxconn';
const waitingMax = existsSync(SOMAXCONN) ? Number(readFileSync(SOMAXCONN, 'utf8')) : 128;
const CROWD = Math.min(1_000, waitingMax);

/** Another program: connects so often at once, and says how many connections it got. Gives up on the rest. */
const CONNECT = `
  const [port, count] = process.argv.slice(1).map(Number);
  let connected = 0;
  const end = () => { console.log(connected); process.exit(); };
  for (let i = 0; i < count; i++)
    require('node:net').connect(port, '127.0.0.1').once('connect', () => { if (++connected === count) end(); }).on('error', () => {});
  setTimeout(end, 15_000);
`;

let site: Site;

beforeAll(async () => {
  site = await Site.all();
});

afterAll(() => site.close());

describe('a crowd that comes while the process is busy', () => {
  it('is let in to wait, instead of being turned away to knock again seconds later', () => {
    // This very process is the service: while it waits for the other program it accepts nobody.
    const { port } = new URL(site.url);
    const { stdout } = spawnSync(process.execPath, ['-e', CONNECT, port, String(CROWD)], { encoding: 'utf8' });
    expect(Number(stdout)).toBe(CROWD);
  });
});
