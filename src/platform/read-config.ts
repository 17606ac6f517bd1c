import { validateSync } from 'class-validator';
import { Config, PIN_GRACE_MARGIN_MS } from './config.js';
import { isFailpoint } from './failpoint.js';
import { isOnThisMachine } from './network-names.js';
import { settingsOf } from './setting.js';

/** The environment cannot be used. `problems` has one sentence a setting; none repeats a value, which may be secret. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example for every setting.`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads and checks every setting, or throws a `ConfigError` that lists all that is wrong. An empty value counts as unset. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const config = new Config();
  const settings = settingsOf(Config);
  for (const setting of settings) {
    const text = env[setting.env]?.trim();
    const value = text ? setting.parse(text) : setting.default;
    if (value !== undefined) Object.assign(config, { [setting.property]: value });
  }
  const wrong = new Set(validateSync(config).map((error) => error.property));
  const problems = settings
    .filter((setting) => wrong.has(setting.property))
    .map(
      (setting) =>
        `${setting.env} must be ${setting.range}${env[setting.env]?.trim() ? '' : ', and is not set'} (${setting.meaning}).`,
    );
  if (problems.length === 0) problems.push(...brokenRelations(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function brokenRelations(config: Config): string[] {
  const problems: string[] = [];
  if (config.pinGraceMs <= config.pgStatementTimeoutMs + PIN_GRACE_MARGIN_MS) {
    problems.push(
      `PIN_GRACE_MS must be more than PG_STATEMENT_TIMEOUT_MS + ${PIN_GRACE_MARGIN_MS}: a pin may not be completed for its owner while the owner's own statement can still run.`,
    );
  }
  if (config.reservationRetentionDays < config.closedSaleRetentionDays) {
    problems.push(
      'RESERVATION_RETENTION_DAYS must be at least CLOSED_SALE_RETENTION_DAYS: the rows answer for a sale once Redis has none of it.',
    );
  }
  if (config.adminApiKey !== undefined && config.adminApiKey === config.storefrontApiKey) {
    problems.push('ADMIN_API_KEY and STOREFRONT_API_KEY must differ: a key has one scope.');
  }
  if (config.failpoint !== undefined && !config.testClock) {
    problems.push('FAILPOINT needs TEST_CLOCK: a process of production does not end itself.');
  }
  if (config.failpoint !== undefined && !isFailpoint(config.failpoint)) {
    problems.push('FAILPOINT must name a point of src/crash-points.ts.');
  }
  if (config.jwtSecret !== undefined && config.jwtJwksUrl !== undefined) {
    problems.push('JWT_SECRET and JWT_JWKS_URL exclude each other: set the one that tokens are signed by.');
  }
  problems.push(...brokenShop(config));
  return problems;
}

/** Whoever reaches the demo shop buys for nothing: it must never come near units that somebody sells. */
function brokenShop({ demoShop, testClock, databaseUrl, redisUrl, jwtSecret, storefrontApiKey }: Config): string[] {
  if (!demoShop) return [];
  const problems: string[] = [];
  if (jwtSecret === undefined || storefrontApiKey === undefined) {
    problems.push(
      'DEMO_SHOP needs JWT_SECRET and STOREFRONT_API_KEY: it signs its buyers in and confirms their payments.',
    );
  }
  if (!testClock && !(isOnThisMachine(databaseUrl) && isOnThisMachine(redisUrl))) {
    problems.push(
      'DEMO_SHOP needs both stores on this machine, as `npm start` brings them: it gives away what it sells.',
    );
  }
  return problems;
}
