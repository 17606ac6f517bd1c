import { useEffect, useState } from 'react';

/** Somebody who types has come to an end after so long. */
const TYPED_MS = 250;

/** What was typed, once nothing more is. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** A value that changes all the time, told at most so often, and at last as it is. */
export function useThrottled<T>(value: T, everyMs: number): T {
  const [told, setTold] = useState(value);
  const [isResting, setResting] = useState(false);
  useEffect(() => {
    if (isResting || Object.is(value, told)) return;
    setTold(value);
    setResting(true);
  }, [value, told, isResting]);
  useEffect(() => {
    if (!isResting) return undefined;
    const timer = setTimeout(() => setResting(false), everyMs);
    return () => clearTimeout(timer);
  }, [isResting, everyMs]);
  return told;
}
