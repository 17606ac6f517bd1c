import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in these, on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a program has used, with all processes below it; null where there is no /proc to tell. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const children = childrenOf();
    const ticks = (of: number): number => ticksOf(of) + (children.get(of) ?? []).reduce((sum, c) => sum + ticks(c), 0);
    return ticks(pid) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** Resident megabytes of one process; null where there is no /proc. */
export function residentMegabytesOf(pid: number): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
  } catch {
    return null;
  }
}

function childrenOf(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

/** Of itself and of the children that have ended. */
function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
}

/** What follows the program's name in /proc/<pid>/stat; empty for a process that has just ended. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
