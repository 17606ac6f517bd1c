export interface Lock {
  /** Given when the lock is ours. */
  release?: () => void;
  /** Given when somebody living has it: their pid, and the notes they left. */
  holder?: { pid: number; url?: string };
}

/** Takes the lock of that path, also from a holder that died. */
export function takeLock(path: string, notes?: { url?: string }): Lock;
