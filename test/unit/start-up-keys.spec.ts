import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../scripts/lock.mjs';
import { keepSecrets } from '../../scripts/secrets.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-up-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the keys of the embedded mode', () => {
  const names = ['ADMIN_API_KEY', 'STOREFRONT_API_KEY', 'JWT_SECRET', 'RESERVATION_ID_SECRET'];
  const before = { ...process.env };
  beforeEach(() => {
    process.env = Object.fromEntries(Object.entries(before).filter(([name]) => !names.includes(name)));
  });
  afterAll(() => {
    process.env = before;
  });

  it('are made once and then stay, for their owner only', () => {
    const secrets = keepSecrets(folder);
    expect(Object.keys(secrets)).toEqual(names);
    expect(secrets.ADMIN_API_KEY).toMatch(/^hf_sk_[0-9a-f]{48}$/);
    expect(secrets.STOREFRONT_API_KEY).not.toBe(secrets.ADMIN_API_KEY);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(keepSecrets(folder)).toEqual(secrets);
  });

  it('are those of the environment where it has them, and these are not written down', () => {
    const kept = keepSecrets(folder);
    process.env.ADMIN_API_KEY = 'hf_sk_of_the_environment';
    expect(keepSecrets(folder).ADMIN_API_KEY).toBe('hf_sk_of_the_environment');
    delete process.env.ADMIN_API_KEY;
    expect(keepSecrets(folder)).toEqual(kept);
  });
});

describe('the lock of a folder', () => {
  const path = (): string => join(folder, 'lock.json');

  it('tells the second one who has it', () => {
    const first = takeLock(path(), { url: 'http://127.0.0.1:3000' });
    expect(takeLock(path()).holder).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:3000' });
    first.release?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['whose holder has died', () => JSON.stringify({ pid: spawnSync('true').pid, birth: '1' })],
    ['whose holder died and left its pid to another', () => JSON.stringify({ pid: process.pid, birth: '1' })],
    ['that was cut off while it was written', () => '{"pid":'],
  ])('%s is taken over', (_case, content) => {
    writeFileSync(path(), content());
    const lock = takeLock(path());
    expect(lock.holder).toBeUndefined();
    lock.release?.();
    expect(readdirSync(folder)).toEqual([]);
  });
});
