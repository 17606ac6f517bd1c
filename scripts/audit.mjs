// `npm run audit [-- sale_…]`: what GET /v1/admin/ledger/check says, as a table. Ends with 1 where a sale does not agree.
import { Refusal } from './refusal.mjs';
import { runningService } from './running-service.mjs';
import { loadDotEnv } from './settings.mjs';

const COLUMNS = ['sale', 'verdict', 'epoch', 'SKUs', 'units', 'holds', 'rows', 'sold', 'out of sale', 'findings'];

export async function run({ args }) {
  loadDotEnv();
  const { HOLDFAST_URL: url, ADMIN_API_KEY: key } = runningService('ADMIN_API_KEY');
  const { items, left } = await check(url, key, args[0]);
  const rows = items.map(({ saleId, verdict, epoch, compared: c, findingsTotal }) =>
    [saleId, verdict, epoch ?? '-', c.skus, c.units, c.holds, c.rows, c.soldUnits, c.withdrawnUnits, findingsTotal].map(
      String,
    ),
  );
  for (const line of table([COLUMNS, ...rows])) console.log(line);
  for (const { saleId, why, findings, findingsTotal } of items) {
    if (why !== null) console.log(`\n${saleId}: ${why}`);
    if (findings.length > 0) console.log(`\n${saleId}`);
    for (const { kind, text } of findings) console.log(`  ${kind}: ${text}`);
    if (findingsTotal > findings.length) console.log(`  … and ${findingsTotal - findings.length} more`);
  }
  if (left > 0) console.log(`\n${left} sales were left out: npm run audit -- <sale id>`);
  const wrong = items.filter(({ verdict }) => verdict === 'drift' || verdict === 'postgres-older');
  const compared = items.filter(({ verdict }) => verdict !== 'not-compared');
  console.log(`\n${compared.length} of ${items.length} sales compared, ${wrong.length} do not agree`);
  return wrong.length > 0 ? 1 : 0;
}

async function check(url, key, saleId) {
  const query = saleId ? `?saleId=${encodeURIComponent(saleId)}` : '';
  let answer;
  try {
    answer = await fetch(`${url}/v1/admin/ledger/check${query}`, { headers: { authorization: `Bearer ${key}` } });
  } catch {
    throw new Refusal(`Nobody answers at ${url}. Run npm start in another terminal first, or set HOLDFAST_URL.`);
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Refusal(
    `${url} answered ${answer.status} ${body.code ?? ''}: ${body.detail ?? 'nothing that is known here'}`,
  );
}

function table(rows) {
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  );
}
