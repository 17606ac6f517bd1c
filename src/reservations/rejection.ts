import { Problem, type ProblemBody, type ProblemCode } from '../problems.js';
import type { CatalogSale } from '../sales/sale-catalog.js';
import { reservationId } from '../inventory/reservation-ref.js';

/** What a queued request may be refused for; `internal` stands for one that could not be decided. */
export const REJECTION_CODES = [
  'sale-not-open',
  'sale-paused',
  'sale-closed',
  'customer-limit-reached',
  'units-unavailable',
  'sold-out',
  'queue-timeout',
  'request-lost',
  'internal',
] as const satisfies ProblemCode[];

const DETAILS: Record<string, string> = {
  'sale-paused': 'The sale is paused; try again when it goes on.',
  'sale-closed': 'The sale is closed.',
  'sale-not-open': 'The sale is not open yet.',
  'queue-timeout': 'The request waited longer than the sale allows; make a new one, with a new key.',
  'request-lost': 'The request was lost with the store that held it; make a new one, with a new key.',
  internal: 'The request could not be decided; make a new one, with a new key.',
};

/**
 * The problem of a refusal, from the line of text that the script stored: the code, then its figures (see
 * lua/fragments/refusals.lua).
 */
export function problemOfRejection(rejection: string, sale: CatalogSale, queuedAt: number | null): Problem {
  const [code, ...figures] = rejection.split(' ');
  switch (code) {
    case 'customer-limit-reached':
      return limitReached(sale, figures);
    case 'units-unavailable':
    case 'sold-out':
      return stockShort(code, sale, figures);
    case 'sale-not-open':
      return new Problem(code, DETAILS[code] ?? '', { opensAt: sale.opensAt?.toISOString() ?? null });
    case 'sale-closed':
      return new Problem(code, DETAILS[code] ?? '', {
        closedAt: (sale.closedAt ?? sale.closesAt)?.toISOString() ?? null,
      });
    case 'sale-paused':
      return new Problem(code, DETAILS[code] ?? '');
    case 'request-lost':
    case 'queue-timeout':
      return new Problem(code, DETAILS[code] ?? '', {
        queuedAt: queuedAt === null ? null : new Date(queuedAt).toISOString(),
      });
    default:
      return new Problem('internal', DETAILS['internal'] ?? '');
  }
}

/** The same as a body, as a reservation carries it. */
export function rejectionBody(rejection: string, sale: CatalogSale, queuedAt: number | null): ProblemBody {
  return problemOfRejection(rejection, sale, queuedAt).body();
}

function limitReached(sale: CatalogSale, [limit, held, sold, tails]: string[]): Problem {
  const reservationIds = tails ? tails.split(',').map((tail) => reservationId(sale, tail)) : [];
  return new Problem(
    'customer-limit-reached',
    `A customer may have ${limit} units; release a reservation or ask for fewer.`,
    {
      limit: Number(limit),
      held: Number(held),
      sold: Number(sold),
      reservationIds,
    },
  );
}

function stockShort(code: 'units-unavailable' | 'sold-out', sale: CatalogSale, figures: string[]): Problem {
  const lines = figures.map((figure) => {
    const [ordinal, requested, available, heldByOthers, next, gone] = figure.split(':');
    const sku = sale.skuByOrdinal.get(Number(ordinal));
    const nextExpiryAt = Number(next) > 0 ? new Date(Number(next)).toISOString() : null;
    const line = {
      skuId: sku?.id,
      requested: Number(requested),
      available: Number(available),
      heldByOthers: Number(heldByOthers),
      nextExpiryAt,
    };
    return gone && sku ? { ...line, unavailableUnits: gone.split(',').map((unit) => sku.labelOf(Number(unit))) } : line;
  });
  const detail =
    code === 'sold-out'
      ? 'No unit is left, and none is held that could come back.'
      : 'Not enough units are available now; held ones may come back.';
  return new Problem(code, detail, { lines });
}
