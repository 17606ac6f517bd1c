/** Records of the twin, as plain as they can be, and as the text that the scripts store. */
export interface TwinRequest {
  status: string;
  version: number;
  rejection: string;
  customer: string;
  mode: string;
  fingerprint: string;
  queuedAt: number;
  lines: string;
  requestId: string;
}

export interface TwinLine {
  ordinal: string;
  price: string;
  requested: number;
  named: boolean;
  units: number[];
}

export interface TwinHold {
  state: 'd' | 'h' | 'c';
  version: number;
  sequence: number;
  heldAt: number;
  expiresAt: number;
  extensions: number;
  checkoutExpiresAt: number;
  customer: string;
  lines: TwinLine[];
}

export const requestText = (r: TwinRequest, status = r.status): string =>
  `${status}\n${r.version}\n${r.rejection}\n${r.customer}\n${r.mode}\n${r.fingerprint}\n${r.queuedAt}\n${r.lines}\n${r.requestId}\n`;

export const linesText = (lines: readonly TwinLine[]): string =>
  lines
    .map((line) => `${line.ordinal} ${line.price} ${line.requested} ${line.named ? 1 : 0} ${line.units.join(',')}`)
    .join(';');

export const holdText = (h: TwinHold): string =>
  `${h.state}\n${h.version}\n${h.sequence}\n${h.heldAt}\n${h.expiresAt}\n${h.extensions}\n${h.checkoutExpiresAt}\n${h.customer}\n${linesText(h.lines)}`;

/** A line that asks: so many, or named ones. */
export interface TwinWish {
  ordinal: string;
  price: string;
  named: number[] | null;
  count: number;
}

export const wishesText = (wishes: readonly TwinWish[]): string =>
  wishes
    .map(({ ordinal, price, named, count }) => `${ordinal} ${price} ${named ? `u ${named.join(',')}` : `q ${count}`}`)
    .join(';');

export function wishesOf(text: string): TwinWish[] {
  return text.split(';').map((line) => {
    const [ordinal = '', price = '', kind, what = ''] = line.split(' ');
    const named = kind === 'u' ? what.split(',').map(Number) : null;
    return { ordinal, price, named, count: named ? named.length : Number(what) };
  });
}
