import type { ReactNode } from 'react';

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const ZONE = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' });

/** A moment in the reader's zone; UTC, as the API has it, when it is pointed at. */
export function Moment({ at, withDay = true }: { at: string; withDay?: boolean }): ReactNode {
  const date = new Date(at);
  const text = withDay ? `${DAY.format(date)}, ${TIME.format(date)}` : TIME.format(date);
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace('Z', '')} UTC`}>
      {text}
    </time>
  );
}

/** The reader's zone, as its people write it. */
export function zoneName(): string {
  return ZONE.formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? 'local time';
}

/** `4:07`, `1:02:09`, `3 d 04:00`; never negative. */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const two = (number: number): string => String(number).padStart(2, '0');
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
