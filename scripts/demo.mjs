// The demo sale, made through the public admin API as anybody would make one, so that the first command a reader
// pastes holds a real unit.
const SLUG = 'demo-drop';
const SEATS_A_ROW = 10;

const seats = ['A', 'B', 'C', 'D', 'E'].flatMap((row) =>
  Array.from({ length: SEATS_A_ROW }, (_, index) => ({
    label: `${row}-${index + 1}`,
    section: 'Stalls',
    row,
    seat: index + 1,
  })),
);

/** Windows are short, so that whoever tries the demo shop sees them end; of the last unit there is one, to fight for. */
export const DEMO_SALE = {
  name: 'Lantern Hall, one night only',
  slug: SLUG,
  currency: 'EUR',
  opensAt: null,
  closesAt: null,
  holdTtlSeconds: 180,
  checkoutTtlSeconds: 90,
  unitsPerCustomerMax: 6,
  extensionsMax: 1,
  extensionStepSeconds: 120,
  latePayment: 'rehold',
  skus: [
    { name: 'General admission', capacity: 1000, unitPrice: 4500 },
    { name: 'Stalls', unitPrice: 9000, units: seats },
    { name: 'The piano bench', capacity: 1, unitPrice: 25_000 },
  ],
};

/** Finds the demo sale or makes it, and opens it while it is a draft. Returns `{ saleId, skuId }`; a repeat changes nothing. */
export async function seedDemo({ url, adminKey }) {
  const call = caller(`${url}/v1/admin`, adminKey);
  const sale = (await findSale(call)) ?? (await call('POST', '/sales', DEMO_SALE));
  if (sale.status === 'draft') await call('POST', `/sales/${sale.id}/open`, { reason: 'demo' });
  const { skus } = sale.skus ? sale : await call('GET', `/sales/${sale.id}`);
  const sku = skus.find(({ name }) => name === DEMO_SALE.skus[0].name) ?? skus[0];
  return { saleId: sale.id, skuId: sku.id };
}

async function findSale(call) {
  for (let cursor = ''; ;) {
    const page = await call('GET', `/sales?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    const found = page.items.find(({ slug }) => slug === SLUG);
    if (found || !page.nextCursor || page.nextCursor === cursor) return found;
    cursor = page.nextCursor;
  }
}

function caller(base, key) {
  return async (method, path, body) => {
    const answer = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : {};
  };
}
