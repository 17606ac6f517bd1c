import { CONFIRM_ROWS } from './rows/confirms.js';
import { LATENCY_ROWS } from './rows/latency.js';
import { OUTSTANDING_ROWS } from './rows/outstanding.js';
import { OVERLOAD_ROWS } from './rows/overload.js';
import { PIPELINE_ROWS } from './rows/pipeline.js';
import { REFUSAL_ROWS } from './rows/refusals.js';
import type { Row } from './rows/row.js';
import { START_ROWS } from './rows/starts.js';
import { SWEEP_ROWS } from './rows/sweeps.js';
import { THROUGHPUT_ROWS } from './rows/throughput.js';

/** The table, in its order. */
export const ROWS: readonly Row[] = [
  ...THROUGHPUT_ROWS,
  ...PIPELINE_ROWS,
  ...REFUSAL_ROWS,
  ...CONFIRM_ROWS,
  ...LATENCY_ROWS,
  ...SWEEP_ROWS,
  ...OUTSTANDING_ROWS,
  ...OVERLOAD_ROWS,
  ...START_ROWS,
];
