import { CallerSettings, SECRET_RULE, NAME_RULE } from './caller-settings.js';
import { Choice, Flag, Text, Whole } from './setting.js';

const ROLES = ['all', 'api', 'worker'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A key has no dot, so that it can never be taken for a buyer's token (three parts with dots between them). */
const KEY_RULE = { pattern: /^[\w-]{24,200}$/, range: '24 to 200 letters, digits, _ or -', optional: true } as const;

/** How much longer than one Postgres statement a pin must be left alone before somebody completes it for its owner. */
export const PIN_GRACE_MARGIN_MS = 1000;

/** Every setting of the process, read from the environment once, at boot. `.env.example` has the same names in this order. */
export class Config extends CallerSettings {
  @Choice({ env: 'ROLE', meaning: 'Which part this process plays', among: ROLES, default: 'all' })
  role!: (typeof ROLES)[number];

  @Whole({ env: 'PORT', meaning: 'Port of the HTTP server; 0 takes any free one', min: 0, max: 65535, default: 3000 })
  port!: number;

  @Text({
    env: 'HOST',
    meaning: 'Address to listen on; 0.0.0.0 for every interface',
    ...NAME_RULE,
    default: '127.0.0.1',
  })
  host!: string;

  @Text({
    env: 'DATABASE_URL',
    meaning: 'The Postgres that holds sales, the journal and orders',
    pattern: /^postgres(ql)?:\/\/\S+$/,
    range: 'a URL that begins with postgres:// or postgresql://',
  })
  databaseUrl!: string;

  @Text({
    env: 'REDIS_URL',
    meaning: 'The Redis that decides holds and carries the queues',
    pattern: /^rediss?:\/\/\S+$/,
    range: 'a URL that begins with redis:// or rediss://',
  })
  redisUrl!: string;

  @Text({
    env: 'DATA_DIR',
    meaning: 'Folder of the embedded stores',
    pattern: /^[^\0]{1,1000}$/,
    range: 'a path',
    default: '.data',
  })
  dataDir!: string;

  @Text({
    env: 'ADMIN_API_KEY',
    meaning: 'An API key of scope admin, created at start when it is not known yet',
    ...KEY_RULE,
  })
  adminApiKey?: string;

  @Text({
    env: 'STOREFRONT_API_KEY',
    meaning: 'An API key of scope storefront, created at start likewise',
    ...KEY_RULE,
  })
  storefrontApiKey?: string;

  @Text({
    env: 'RESERVATION_ID_SECRET',
    meaning: 'Signs reservation ids, which are derived and cannot be guessed; keep it for good',
    ...SECRET_RULE,
  })
  reservationIdSecret!: string;

  @Text({
    env: 'KEY_PREFIX',
    meaning: 'Begins every Redis key, so that several installations can share one Redis',
    pattern: /^[a-z0-9-]{1,24}$/,
    range: '1 to 24 of a-z, 0-9 and -',
    default: 'hf',
  })
  keyPrefix!: string;

  @Whole({ env: 'PARTITIONS', meaning: 'Reserve queues that sales are spread over', min: 1, max: 64, default: 1 })
  partitions!: number;

  @Whole({
    env: 'WAIT_SECONDS_MAX',
    meaning: 'Longest wait that `Prefer: wait` may ask for',
    ...{ unit: 'seconds', min: 0, max: 300, default: 30 },
  })
  waitSecondsMax!: number;

  @Choice({ env: 'LOG_LEVEL', meaning: 'Least level that is logged', among: LOG_LEVELS, default: 'info' })
  logLevel!: (typeof LOG_LEVELS)[number];

  @Whole({
    env: 'REFUSAL_LINES_PER_SECOND_MAX',
    meaning: 'Refusals of one code and sale that have a log line of their own in a second; one more counts the rest',
    min: 0,
    max: 100_000,
    default: 10,
  })
  refusalLinesPerSecondMax!: number;

  @Text({ env: 'METRICS_TOKEN', meaning: 'What a scraper sends as Bearer to read /metrics', ...KEY_RULE })
  metricsToken?: string;

  @Flag({ env: 'METRICS_OPEN', meaning: 'Lets anybody who reaches the port read /metrics', default: false })
  metricsOpen!: boolean;

  @Text({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning: 'Where OpenTelemetry traces are sent (OTLP/HTTP); unset: none are made',
    ...{ pattern: /^https?:\/\/\S+$/, range: 'a URL that begins with http:// or https://', optional: true },
  })
  otlpEndpoint?: string;

  @Whole({ env: 'PG_POOL_MAX', meaning: 'Postgres connections of this process', min: 2, max: 200, default: 10 })
  pgPoolMax!: number;

  @Whole({
    env: 'PG_STATEMENT_TIMEOUT_MS',
    meaning: 'Longest time one Postgres statement may take',
    ...{ unit: 'milliseconds', min: 100, max: 60_000, default: 3000 },
  })
  pgStatementTimeoutMs!: number;

  @Whole({
    env: 'REDIS_COMMAND_TIMEOUT_MS',
    meaning: 'Longest time a request waits for one Redis command',
    ...{ unit: 'milliseconds', min: 50, max: 60_000, default: 2000 },
  })
  redisCommandTimeoutMs!: number;

  @Whole({
    env: 'REDIS_SILENCE_MS_MAX',
    meaning: 'A request whose question Redis leaves open for so long is answered without it, or store-unavailable',
    ...{ unit: 'milliseconds', min: 50, max: 60_000, default: 200 },
  })
  redisSilenceMsMax!: number;

  @Whole({
    env: 'BATCH_COMMANDS_MAX',
    meaning: 'Most reserve commands in one queued job',
    min: 1,
    max: 1000,
    default: 256,
  })
  batchCommandsMax!: number;

  @Whole({
    env: 'RESERVE_CONCURRENCY',
    meaning: 'Reserve jobs that one worker decides at a time',
    min: 1,
    max: 256,
    default: 8,
  })
  reserveConcurrency!: number;

  @Whole({
    env: 'QUEUE_AGE_MS_MAX',
    meaning: 'Requests are turned away (overloaded) while the oldest one that waits is older than this',
    ...{ unit: 'milliseconds', min: 100, max: 600_000, default: 5000 },
  })
  queueAgeMsMax!: number;

  @Whole({
    env: 'BEHIND_MS_MAX',
    meaning: 'New reservations are turned away (overloaded) unread while others wait for this process longer; 0: never',
    ...{ unit: 'milliseconds', min: 0, max: 600_000, default: 0 },
  })
  behindMsMax!: number;

  @Whole({
    env: 'WORKER_STUCK_MS',
    meaning: 'A reserve worker that takes no job for so long, while the same one waits, is replaced',
    ...{ unit: 'milliseconds', min: 500, max: 600_000, default: 10_000 },
  })
  workerStuckMs!: number;

  @Whole({
    env: 'SWEEP_INTERVAL_MS',
    meaning: 'Pause between looks for holds that are due',
    ...{ unit: 'milliseconds', min: 10, max: 60_000, default: 100 },
  })
  sweepIntervalMs!: number;

  @Whole({
    env: 'GUARDIAN_INTERVAL_MS',
    meaning: 'Pause between checks that Redis is still the one that was built',
    ...{ unit: 'milliseconds', min: 10, max: 1000, default: 200 },
  })
  guardianIntervalMs!: number;

  @Whole({
    env: 'AUDIT_INTERVAL_MS',
    meaning: 'Pause between audits that compare each sale in Redis with Postgres',
    ...{ unit: 'milliseconds', min: 100, max: 86_400_000, default: 30_000 },
  })
  auditIntervalMs!: number;

  @Whole({
    env: 'RELAY_INTERVAL_MS',
    meaning: 'Pause between looks into the outbox',
    ...{ unit: 'milliseconds', min: 10, max: 60_000, default: 100 },
  })
  relayIntervalMs!: number;

  @Whole({
    env: 'SCHEDULE_INTERVAL_MS',
    meaning: 'Pause between looks for sales that open or close',
    ...{ unit: 'milliseconds', min: 10, max: 60_000, default: 250 },
  })
  scheduleIntervalMs!: number;

  @Whole({
    env: 'PIN_GRACE_MS',
    meaning: `How long an unfinished pin is left to its owner; more than PG_STATEMENT_TIMEOUT_MS + ${PIN_GRACE_MARGIN_MS}`,
    ...{ unit: 'milliseconds', min: 1000, max: 600_000, default: 5000 },
  })
  pinGraceMs!: number;

  @Whole({
    env: 'REQUEST_RETENTION_HOURS',
    meaning: 'How long a request that came to nothing is remembered, and its Idempotency-Key with it',
    ...{ unit: 'hours', min: 1, max: 8760, default: 72 },
  })
  requestRetentionHours!: number;

  @Whole({
    env: 'CLOSED_SALE_RETENTION_DAYS',
    meaning: 'How long after its closing a sale without a live hold stays in Redis; Postgres answers for it afterwards',
    ...{ unit: 'days', min: 1, max: 3650, default: 7 },
  })
  closedSaleRetentionDays!: number;

  @Whole({
    env: 'RESERVATION_RETENTION_DAYS',
    meaning:
      'How long after the closing of their sale released and expired reservations are kept; at least CLOSED_SALE_RETENTION_DAYS',
    ...{ unit: 'days', min: 1, max: 36_500, default: 90 },
  })
  reservationRetentionDays!: number;

  @Whole({
    env: 'EVENT_RETENTION_DAYS',
    meaning: 'How long facts of the outbox are kept once they are delivered',
    ...{ unit: 'days', min: 1, max: 3650, default: 30 },
  })
  eventRetentionDays!: number;

  @Whole({
    env: 'RETENTION_INTERVAL_MS',
    meaning: 'Pause between looks for what is older than is kept',
    ...{ unit: 'milliseconds', min: 1000, max: 86_400_000, default: 60_000 },
  })
  retentionIntervalMs!: number;

  @Whole({
    env: 'SHUTDOWN_DEADLINE_MS',
    meaning: 'After a stop signal, how long open work may take before the process ends regardless',
    ...{ unit: 'milliseconds', min: 100, max: 600_000, default: 10_000 },
  })
  shutdownDeadlineMs!: number;
}
