import type { Row } from './rows/row.js';
import { THROUGHPUT_ROWS } from './rows/throughput.js';

export const ROWS: readonly Row[] = [...THROUGHPUT_ROWS];
