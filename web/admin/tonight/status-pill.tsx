import type { ReactNode } from 'react';
import type { Sale } from '../server.js';

const KINDS: Record<Sale['status'], string> = {
  ...{ open: 'good', paused: 'caution', scheduled: 'still', draft: 'still', closed: 'still' },
};

/** What a sale is, in one word. */
export function StatusPill({ status }: { status: Sale['status'] }): ReactNode {
  return <span className={`pill ${KINDS[status]}`}>{status}</span>;
}
