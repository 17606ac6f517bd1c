import type { ReactNode } from 'react';
import { Moment } from '../../look/moment.js';
import { clock } from '../server.js';
import { useClockSteps } from './use-clock.js';

/** Figures come once a second; those that are this old are not to be taken for those of now. */
const OLD_MS = 5_000;
const LOOK_MS = 1_000;

/** Says of figures that have grown old when they were right: stores that are busy take their time. */
export function AsOf({ at }: { at: string }): ReactNode {
  useClockSteps(LOOK_MS);
  if (clock.until(at) > -OLD_MS) return null;
  return (
    <span className="pill caution">
      as of <Moment at={at} withDay={false} />
    </span>
  );
}
