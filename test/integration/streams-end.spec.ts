import { decodeJwt } from 'jose';
import { CallerStreams } from '../../src/access/caller-streams.js';
import { TokenClock } from '../../src/access/token-clock.js';
import { Postgres } from '../../src/platform/postgres.js';
import type { Answer } from '../e2e/http-client.js';
import { EventReader } from '../e2e/event-reader.js';
import { type RunningApp, Site } from '../e2e/site.js';
import { ADMIN_KEY, buyerToken, STOREFRONT_KEY } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';

let site: Site;
let other: RunningApp;
let sale: TestSale;
let ofSale: string;
let ofStats: string;
let ofReservation: string;
const open: EventReader[] = [];
beforeAll(async () => {
  site = await Site.all();
  other = await site.start('api');
  sale = await site.sale({ skus: [20] });
  ofSale = `/v1/sales/${sale.id}/events`;
  ofStats = `/v1/admin/stats/events?saleId=${sale.id}`;
  ofReservation = `/v1/reservations/${(await site.held(sale, 'ann')).body.id}/events`;
});
afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});
afterAll(() => site.close());

const bearing = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** A stream whose first event has come. */
async function follow(path: string, headers: Record<string, string>, url = site.url): Promise<EventReader> {
  const reader = await EventReader.open(url, path, headers);
  open.push(reader);
  expect(reader.response.statusCode).toBe(200);
  await reader.next();
  return reader;
}

function send(method: 'POST' | 'DELETE', path: string, headers = bearing(ADMIN_KEY), body?: object): Promise<Answer> {
  return site.client.send(site.url, { method, path, headers, ...(body && { body }) });
}

async function issue(scope: 'admin' | 'storefront'): Promise<{ id: string; key: string }> {
  const { body } = must(201, await send('POST', '/v1/admin/api-keys', bearing(ADMIN_KEY), { name: 'a screen', scope }));
  return body as unknown as { id: string; key: string };
}

async function revoke(id: string): Promise<void> {
  must(200, await send('DELETE', `/v1/admin/api-keys/${id}?reason=lost`));
}

/** Signs in, and returns what the page's requests carry from then on. */
async function signIn(key = ADMIN_KEY): Promise<Record<string, string>> {
  const { headers } = must(201, await send('POST', '/v1/admin/session', bearing(key)));
  return { cookie: headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '', 'x-holdfast-session': '1' };
}

async function reasonOf(reader: EventReader): Promise<unknown> {
  return (await reader.nextOf('end')).data['reason'];
}

describe('a stream', () => {
  it.each<[string, 'admin' | 'storefront', () => string]>([
    ['of a reservation', 'storefront', () => ofReservation],
    ['of a sale', 'storefront', () => ofSale],
    ['of the stats', 'admin', () => ofStats],
  ])(
    '%s ends in every process when the key that opened it is revoked, and no other does',
    async (_what, scope, path) => {
      const { id, key } = await issue(scope);
      const [here, there] = [await follow(path(), bearing(key)), await follow(path(), bearing(key), other.url)];
      const another = await follow(path(), bearing(scope === 'admin' ? ADMIN_KEY : STOREFRONT_KEY));
      await revoke(id);
      expect([await reasonOf(here), await reasonOf(there)]).toEqual(['revoked', 'revoked']);
      expect(another.ended).toBe(false);
    },
  );

  it('that a ticket opened ends with the key that the ticket was made with', async () => {
    const { id, key } = await issue('storefront');
    const { body } = must(201, await send('POST', `${ofReservation}/ticket`, bearing(key)));
    const reader = await follow(String(body.url), {});
    await revoke(id);
    expect(await reasonOf(reader)).toBe('revoked');
  });

  it('ends when the session of the dashboard that opened it signs out, and that of another goes on', async () => {
    const [page, second] = [await signIn(), await signIn()];
    const { port } = new URL(other.url);
    const there = { ...page, cookie: (page['cookie'] ?? '').replace(/_\d+=/, `_${port}=`) };
    const streams = [await follow(ofStats, page), await follow(ofStats, there, other.url)];
    const stays = await follow(ofStats, second);
    must(204, await send('DELETE', '/v1/admin/session', page));
    for (const reader of streams) expect(await reasonOf(reader)).toBe('session-over');
    expect(stays.ended).toBe(false);
  });

  it('ends when the session has lasted its time, or is gone altogether', async () => {
    const postgres = site.app.get(Postgres);
    const page = await signIn();
    const reader = await follow(ofStats, page);
    await postgres.query("UPDATE admin_sessions SET expires_at = now() - interval '1 second'");
    expect(await reasonOf(reader)).toBe('session-over');
    const later = await follow(ofStats, await signIn());
    await postgres.query('DELETE FROM admin_sessions');
    expect(await reasonOf(later)).toBe('session-over');
  });

  it('of a session ends when the key is revoked with which somebody signed in', async () => {
    const { id, key } = await issue('admin');
    const reader = await follow(ofStats, await signIn(key));
    await revoke(id);
    expect(await reasonOf(reader)).toBe('revoked');
  });

  it('of a buyer ends with the token, also one that a ticket opened, and neither opens another', async () => {
    const jwt = await buyerToken('ann');
    const endsAt = (decodeJwt(jwt).exp ?? 0) * 1_000;
    const clock = jest.spyOn(site.app.get(TokenClock), 'now').mockReturnValue(endsAt - 3_600_000);
    const token = bearing(jwt);
    const made = must(201, await send('POST', `${ofReservation}/ticket`, token)).body;
    const streams = [await follow(ofReservation, token), await follow(ofSale, token)];
    streams.push(await follow(String(made.url), {}));
    const ofKey = await follow(ofReservation, bearing(STOREFRONT_KEY));
    const away = jest.spyOn(site.app.get(Postgres), 'query').mockRejectedValue(new Error('Connection terminated'));
    const look = (): Promise<unknown> =>
      site.app
        .get(CallerStreams)
        .runOnce()
        .catch(() => undefined);
    clock.mockReturnValue(endsAt + 1_000);
    await look();
    expect(streams.filter(({ ended }) => ended)).toEqual([]);
    // A token is taken for 5 s after its end, because clocks of two machines differ.
    clock.mockReturnValue(endsAt + 6_000);
    await look();
    away.mockRestore();
    for (const reader of streams) expect(await reasonOf(reader)).toBe('token-expired');
    expect(ofKey.ended).toBe(false);
    for (const [path, headers] of [...([[ofReservation, token] as const, [String(made.url), {}] as const] as const)])
      expect((await EventReader.open(site.url, path, headers)).response.statusCode).toBe(401);
    clock.mockRestore();
  });

  it('that a ticket opened is opened no longer than the token is good', async () => {
    const clock = jest.spyOn(site.app.get(TokenClock), 'now').mockReturnValue(Date.now() + 3_590_000);
    const made = await send('POST', `${ofReservation}/ticket`, bearing(await buyerToken('ann')));
    clock.mockRestore();
    expect(Date.parse(String(must(201, made).body.expiresAt)) - Date.now()).toBeLessThan(3_606_000);
  });

  it('goes on while Postgres cannot be asked', async () => {
    const { id, key } = await issue('storefront');
    const reader = await follow(ofSale, bearing(key));
    const away = jest.spyOn(site.app.get(Postgres), 'query').mockRejectedValue(new Error('Connection terminated'));
    await expect(site.app.get(CallerStreams).runOnce()).rejects.toThrow('Connection terminated');
    expect(reader.ended).toBe(false);
    away.mockRestore();
    await revoke(id);
    expect(await reasonOf(reader)).toBe('revoked');
  });

  it('of nobody with a key ends for its own reasons alone', async () => {
    const reader = await follow(ofSale, {});
    await site.app.get(CallerStreams).runOnce();
    expect(reader.ended).toBe(false);
  });
});
