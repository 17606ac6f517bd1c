import { Injectable, type LoggerService } from '@nestjs/common';
import { type Bindings, type DestinationStream, type Logger, pino } from 'pino';
import { Config } from './config.js';

const REDACTED = '[redacted]';
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'apiKey',
  'adminApiKey',
  'storefrontApiKey',
  'jwtSecret',
  'metricsToken',
  'reservationIdSecret',
];
/** Bearer credentials, our API keys, tokens of three parts, and passwords within a store's URL. */
const SECRET_SHAPES = [
  String.raw`bearer\s+[\w.~+/=-]+`,
  String.raw`\bhf_[a-z]+_[\w-]+`,
  String.raw`\beyJ[\w-]+\.[\w-]+\.[\w-]*`,
  String.raw`(?<=:\/\/[^\s:@/"]*:)[^\s@/"]+(?=@)`,
];
/** Nest tells of each module and route at start, on the level on which we tell what operators want to see. */
const CHATTY_CONTEXTS = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);

const roots = new WeakMap<Config, Logger>();

/**
 * The process's log: one JSON object a line, with the request's id on every line of a request. Secrets are removed
 * by name and, in whatever a line says, by shape. The same config gives the same log.
 */
export function rootLogger(config: Config, destination?: DestinationStream): Logger {
  const known = roots.get(config);
  if (known) return known;
  const secret = secretPattern(config);
  const options = {
    level: config.logLevel,
    base: { pid: process.pid, role: config.role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: REDACTED },
    hooks: { streamWrite: (line: string) => line.replace(secret, REDACTED) },
  };
  const root = destination ? pino(options, destination) : pino(options);
  roots.set(config, root);
  return root;
}

function secretPattern(config: Config): RegExp {
  const values = [
    config.adminApiKey,
    config.storefrontApiKey,
    config.jwtSecret,
    config.reservationIdSecret,
    config.metricsToken,
  ];
  // A line holds the value as JSON writes it.
  const literals = values
    .filter((value) => value !== undefined)
    .map((value) => escapeRegExp(JSON.stringify(value).slice(1, -1)));
  return new RegExp([...literals, ...SECRET_SHAPES].join('|'), 'gi');
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The injectable log. A part takes a child with its own name: `log.child({ part: 'relay' })`. */
@Injectable()
export class Log {
  constructor(readonly root: Logger) {}

  child(bindings: Bindings): Logger {
    return this.root.child(bindings);
  }
}

/** Nest's own lines, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly root: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(CHATTY_CONTEXTS.has(context ?? '') ? 'debug' : 'info', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const bindings: Record<string, unknown> = { context: contextOf(rest) };
    // Nest passes a stack trace before the context when it reports an error.
    if (level === 'error' && rest.length > 1 && typeof rest[0] === 'string') bindings['stack'] = rest[0];
    if (message instanceof Error) this.root[level]({ ...bindings, err: message }, message.message);
    else if (typeof message === 'string') this.root[level](bindings, message);
    else this.root[level]({ ...bindings, message });
  }
}

function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
