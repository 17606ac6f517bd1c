import { type ReactNode, useSyncExternalStore } from 'react';
import { wireLog } from './wire-log.js';

/** For engineers: what the page asked, and what it was told. */
export function BehindTheCounter(): ReactNode {
  const lines = useSyncExternalStore(wireLog.subscribe, wireLog.read);
  return (
    <details className="wire">
      <summary>Behind the counter: what this page asks and is told</summary>
      <ol aria-label="The newest first">
        {lines.map(({ number, text, outcome, bad }) => (
          <li key={number}>
            <code>{text}</code>
            <code className={bad ? 'wire-outcome bad' : 'wire-outcome'}>{outcome}</code>
          </li>
        ))}
      </ol>
    </details>
  );
}
