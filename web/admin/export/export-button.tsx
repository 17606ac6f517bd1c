import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

interface ExportParts {
  /** What the file is called, without the day. */
  readonly name: string;
  readonly read: () => Promise<Blob | undefined>;
}

/** A table to take away. The session counts beside a header only, which no plain link can send. */
export function ExportButton({ name, read }: ExportParts): ReactNode {
  const taking = useMutation({
    mutationFn: async () => {
      const table = await read();
      if (!table) return;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(table);
      link.download = `${name}-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
  });
  return (
    <span className="row">
      {taking.error ? (
        <span className="fault small" role="alert">
          {taking.error.message}
        </span>
      ) : null}
      <button className="button small" disabled={taking.isPending} onClick={() => taking.mutate()}>
        {taking.isPending ? 'Reading …' : 'Export as CSV'}
      </button>
    </span>
  );
}
