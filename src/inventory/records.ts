/** The records of lua/fragments/records.lua, as TypeScript reads and writes them. Times are milliseconds of Redis's clock. */
export interface RequestedLine {
  readonly ordinal: number;
  readonly unitPrice: number;
  /** How many units, or which. */
  readonly wanted: number | readonly number[];
}

/** `held`: it was announced, and its hold record is gone; the journal knows what became of it. */
export type RequestStatus = 'queued' | 'held' | 'rejected' | 'released' | 'expired' | 'confirmed';
/** `rehold`: not asked for by a buyer, but held again for a payment that came late. */
export type Mode = 'all' | 'partial' | 'rehold';

export interface RequestRecord {
  readonly status: RequestStatus;
  readonly version: number;
  /** The refusal's code and figures, see refusals.lua; '-' for none. */
  readonly rejection: string;
  readonly customerId: string;
  readonly mode: Mode;
  readonly fingerprint: string;
  readonly queuedAt: number;
  readonly lines: RequestedLine[];
  readonly requestId: string;
  readonly metadata: Record<string, unknown> | null;
}

export interface HeldLine {
  readonly ordinal: number;
  readonly unitPrice: number;
  readonly requested: number;
  readonly named: boolean;
  readonly units: number[];
}

export type HoldState = 'decided' | 'held' | 'checkout';

export interface HoldRecord {
  readonly state: HoldState;
  readonly version: number;
  readonly sequence: number;
  readonly heldAt: number;
  readonly expiresAt: number;
  readonly extensions: number;
  readonly checkoutExpiresAt: number;
  readonly customerId: string;
  readonly lines: HeldLine[];
}

const STATES: Record<string, HoldState> = { d: 'decided', h: 'held', c: 'checkout' };
const LETTERS: Record<HoldState, string> = { decided: 'd', held: 'h', checkout: 'c' };

/** "1 4500 q 2;2 9000 u 5,6", as accept.lua stores it. */
export function packRequestedLines(lines: readonly RequestedLine[]): string {
  return lines
    .map(({ ordinal, unitPrice, wanted }) =>
      typeof wanted === 'number'
        ? `${ordinal} ${unitPrice} q ${wanted}`
        : `${ordinal} ${unitPrice} u ${wanted.join(',')}`,
    )
    .join(';');
}

export function packMetadata(metadata: Record<string, unknown> | null): string {
  return metadata ? JSON.stringify(metadata) : '';
}

export function packRequest(r: RequestRecord): string {
  const { status, version, rejection, customerId, mode, fingerprint, queuedAt, requestId } = r;
  const fields = [
    status,
    version,
    rejection,
    customerId,
    mode,
    fingerprint,
    queuedAt,
    packRequestedLines(r.lines),
    requestId,
  ];
  return [...fields, packMetadata(r.metadata)].join('\n');
}

export function unpackRequest(text: string): RequestRecord {
  const [status, version, rejection, customerId, mode, fingerprint, queuedAt, lines, requestId, metadata] =
    text.split('\n');
  return {
    status: status as RequestStatus,
    version: Number(version),
    rejection: rejection ?? '-',
    customerId: customerId ?? '',
    mode: mode as Mode,
    fingerprint: fingerprint ?? '',
    queuedAt: Number(queuedAt),
    lines: (lines ?? '').split(';').map(unpackRequestedLine),
    requestId: requestId ?? '',
    metadata: metadata ? (JSON.parse(metadata) as Record<string, unknown>) : null,
  };
}

function unpackRequestedLine(text: string): RequestedLine {
  const [ordinal, unitPrice, kind, what = ''] = text.split(' ');
  const wanted = kind === 'q' ? Number(what) : what.split(',').map(Number);
  return { ordinal: Number(ordinal), unitPrice: Number(unitPrice), wanted };
}

/** "1 4500 2 0 17,18;2 9000 1 1 5", as a hold record has them. */
export function packHeldLines(lines: readonly HeldLine[]): string {
  return lines
    .map((l) => `${l.ordinal} ${l.unitPrice} ${l.requested} ${l.named ? 1 : 0} ${l.units.join(',')}`)
    .join(';');
}

export function packHold(h: HoldRecord): string {
  const lines = packHeldLines(h.lines);
  const { version, sequence, heldAt, expiresAt, extensions, checkoutExpiresAt, customerId } = h;
  return [
    LETTERS[h.state],
    version,
    sequence,
    heldAt,
    expiresAt,
    extensions,
    checkoutExpiresAt,
    customerId,
    lines,
  ].join('\n');
}

export function unpackHold(text: string): HoldRecord {
  const [state = '', version, sequence, heldAt, expiresAt, extensions, checkoutExpiresAt, customerId, lines] =
    text.split('\n');
  return {
    state: STATES[state] ?? 'decided',
    version: Number(version),
    sequence: Number(sequence),
    heldAt: Number(heldAt),
    expiresAt: Number(expiresAt),
    extensions: Number(extensions),
    checkoutExpiresAt: Number(checkoutExpiresAt),
    customerId: customerId ?? '',
    lines: (lines ?? '').split(';').map(unpackHeldLine),
  };
}

function unpackHeldLine(text: string): HeldLine {
  const [ordinal, unitPrice, requested, named, units] = text.split(' ');
  return {
    ordinal: Number(ordinal),
    unitPrice: Number(unitPrice),
    requested: Number(requested),
    named: named === '1',
    units: units ? units.split(',').map(Number) : [],
  };
}
