import { Postgres } from '../../src/platform/postgres.js';
import { Site } from '../e2e/site.js';
import type { Storefront } from '../e2e/storefront.js';
import { must, type TestSale } from '../e2e/test-sale.js';
import { AdminCalls } from '../operators.js';

const REASON = { reason: 'the customer called' };
const LOST = 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4';

let site: Site;
let shop: Storefront;
let admin: AdminCalls;
let sale: TestSale;
beforeAll(async () => {
  site = await Site.all({ frozen: true });
  [shop, admin] = [site.shop(), new AdminCalls(site)];
});
beforeEach(async () => {
  sale = await site.sale({
    skus: [3],
    extensionsMax: 1,
    extensionStepSeconds: 60,
    holdTtlSeconds: 600,
    holdAgeSecondsMax: 1_020,
  });
});
afterAll(() => site.close());

const held = async (customerId = 'ann'): Promise<string> => (await site.held(sale, customerId)).body.id;
const msUntil = (time: string | null): number => Date.parse(time ?? '') - site.clock.now;

describe('POST /v1/admin/holds/{id}/release', () => {
  it('gives back a hold, says why, and is the same when repeated', async () => {
    const id = await held();
    const answer = must(200, await admin.post(`/holds/${id}/release`, REASON));
    expect(answer.body).toMatchObject({ id, status: 'released', version: 3 });
    expect(must(200, await admin.post(`/holds/${id}/release`, { reason: 'once more' })).body).toEqual(answer.body);
    expect(await site.counts(sale)).toEqual(['3 0 0 0 / 3']);
    expect(must(200, await admin.get(`/holds/${id}`)).body).toEqual(answer.body);
    expect(await admin.audit(id)).toMatchObject([
      {
        ...{ actor: expect.stringMatching(/^admin:key_/), action: 'hold.release', reason: REASON.reason },
        ...{ before: { status: 'held', version: 2, units: 1 }, after: { status: 'released' } },
      },
    ]);
    const [row] = await site.app.get(Postgres).query('SELECT end_reason FROM reservations WHERE id = $1', [id]);
    expect(row).toEqual({ end_reason: REASON.reason });
  });

  it('voids a checkout', async () => {
    const id = await held();
    must(200, await shop.checkout(id));
    expect(must(200, await admin.post(`/holds/${id}/release`, REASON)).body).toMatchObject({ status: 'released' });
    await site.untilCounts(sale, '3 0 0 0 / 3');
    expect(await admin.audit(id)).toMatchObject([{ action: 'hold.release', before: { status: 'checkout' } }]);
  });

  it('completes a release that died between the two stores, and tells of it once', async () => {
    const id = await held();
    must(200, await shop.end(id));
    await site.app.get(Postgres).query(`UPDATE reservations SET status = 'held', version = 2 WHERE id = $1`, [id]);
    must(200, await admin.post(`/holds/${id}/release`, REASON));
    must(200, await admin.post(`/holds/${id}/release`, REASON));
    expect(must(200, await shop.read(id)).body.status).toBe('released');
    expect(await admin.audit(id)).toMatchObject([{ action: 'hold.release', reason: REASON.reason }]);
  });

  it('is refused for what is sold, what ran out, and what never was', async () => {
    const [sold, over] = [await held('ann'), await held('bob')];
    must(201, await shop.confirm(sold, 'pay_1'));
    await site.clock.advance(600_000);
    const refused = (reservationStatus: string): object => ({
      ...{ status: 409, body: { code: 'reservation-not-held', reservationStatus } },
    });
    expect(await admin.post(`/holds/${sold}/release`, REASON)).toMatchObject(refused('confirmed'));
    expect(await admin.post(`/holds/${over}/release`, REASON)).toMatchObject(refused('expired'));
    for (const id of [LOST, 'nothing'])
      for (const command of ['release', 'extend'])
        expect(await admin.post(`/holds/${id}/${command}`, REASON)).toMatchObject({
          ...{ status: 404, body: { code: 'reservation-not-found' } },
        });
    expect(await admin.get('/holds/nothing')).toMatchObject({ body: { code: 'reservation-not-found' } });
    expect([...(await admin.audit(sold)), ...(await admin.audit(over))]).toEqual([]);
  });
});

describe('POST /v1/admin/holds/{id}/extend', () => {
  it("goes beyond the sale's limits, and leaves the customer their own extension", async () => {
    const id = await held();
    const once = must(200, await admin.post(`/holds/${id}/extend`, { ...REASON, seconds: 300 })).body;
    expect([msUntil(once.expiresAt), once.extensionsLeft, once.version]).toEqual([900_000, 1, 3]);
    const again = must(200, await admin.post(`/holds/${id}/extend`, REASON)).body;
    expect([msUntil(again.expiresAt), again.extensionsLeft]).toEqual([960_000, 1]);
    const byCustomer = must(200, await shop.extend(id)).body;
    expect([msUntil(byCustomer.expiresAt), byCustomer.extensionsLeft]).toEqual([1_020_000, 0]);
    must(409, await shop.extend(id));
    must(200, await admin.post(`/holds/${id}/extend`, { ...REASON, seconds: 3_000 }));
    await site.clock.advance(4_019_000);
    expect(must(200, await shop.read(id)).body.status).toBe('held');
    await site.clock.advance(1_000);
    expect(must(200, await shop.read(id)).body.status).toBe('expired');
    const audit = await admin.audit(id);
    expect(audit.map(({ action }) => action)).toEqual(['hold.extend', 'hold.extend', 'hold.extend']);
    expect(audit[0]).toMatchObject({
      before: { status: 'held', expiresAt: expect.any(String) },
      after: { expiresAt: once.expiresAt },
    });
  });

  it('tells of each operator of several who ask at once', async () => {
    const id = await held();
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.post(`/holds/${id}/extend`, { ...REASON, seconds: 60 })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { body } = must(200, await shop.read(id));
    expect((await admin.audit(id)).length).toBe(3);
    expect(msUntil(body.expiresAt)).toBe(600_000 + 60_000 * (body.version - 2));
  });

  it('is never further from the beginning than any hold may last', async () => {
    const id = await held();
    const extend = (): Promise<unknown> => admin.post(`/holds/${id}/extend`, { ...REASON, seconds: 86_400 });
    for (let i = 0; i < 2; i++) expect(await extend()).toMatchObject({ status: 200 });
    expect(msUntil(must(200, await shop.read(id)).body.expiresAt)).toBe(34 * 3_600_000);
    expect(await extend()).toMatchObject({ status: 409, body: { code: 'extension-refused', reason: 'age-reached' } });
    must(200, await admin.post(`/holds/${id}/release`, REASON));
  });

  it('is refused for who is paying, and for what is over', async () => {
    const id = await held();
    must(200, await shop.checkout(id));
    const refused = { status: 409, body: { code: 'reservation-not-held', reservationStatus: 'checkout' } };
    expect(await admin.post(`/holds/${id}/extend`, REASON)).toMatchObject(refused);
    must(200, await shop.end(id));
    expect((await admin.post(`/holds/${id}/extend`, REASON)).body).toMatchObject({ reservationStatus: 'released' });
  });

  it.each<[string, object, string]>([
    ['no reason', {}, '/reason'],
    ['no time at all', { reason: 'x', seconds: 0 }, '/seconds'],
    ['more than a day', { reason: 'x', seconds: 86_401 }, '/seconds'],
    ['text for a number', { reason: 'x', seconds: '60' }, '/seconds'],
  ])('with %s is a 422', async (_what, body, pointer) => {
    const { status, body: problem } = await admin.post(`/holds/${LOST}/extend`, body);
    expect([status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
  });
});
