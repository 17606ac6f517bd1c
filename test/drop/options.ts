import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PERSONAS, type PersonaName } from './personas/all-personas.js';
import { checkPlanFile, type PlanFile, PlanRefused } from './plan-file.js';
import type { Plan } from './plan.js';
import { readPlan } from './read-plan.js';

export interface Options {
  readonly plan: Plan;
  /** Null: a service of the rehearsal's own. */
  readonly url: string | null;
  readonly adminKey: string | null;
  readonly storefrontKey: string | null;
  /** Null: as many as the crowd needs and the machine has cores. */
  readonly generators: number | null;
  readonly dryRun: boolean;
  readonly help: boolean;
  /** Where the report goes; null: below `.data/drop`. */
  readonly report: string | null;
}

const GENERATORS_MAX = 64;

export const HELP = `Rehearses a ticket drop: a crowd that comes whether or not the service keeps up, and an auditor's verdict.

  npm run drop                                        50,000 buyers, 500 units, on a service of its own
  npm run drop -- --buyers 5000 --stock plentiful     more than anybody wants
  npm run drop -- --plan tonight.json                 a plan under version control
  npm run drop -- --url https://staging.example.com   a service that runs; the sale it makes there is closed afterwards

  --buyers 50000        how many come
  --units 500           how many units there are, on a floor, a balcony and numbered seats
  --stock scarce        instead of --units: scarce is one for a hundred buyers, plentiful four for each
  --over 30s            how long they take to come: 500ms, 30s, 2m
  --shape spike         spike (the doors open), ramp, waves, or steady
  --personas bot=30,fast-buyer=70
                        who they are, by shares; without it:
${PERSONAS.map(({ name, share, does }) => `                          ${`${name}=${share}`.padEnd(15)} ${does}`).join('\n')}
  --callers storefront  who calls: a storefront with its key, or buyers, each with a token of their own
  --pace 1              how long people think: 0.1 is hardly
  --hold 10s            how long a hold lasts (5 s at least); by itself a third of --over
  --leftovers run-out   what becomes of holds that are left over: run-out waits for their deadline, give-back does not
  --seed 1              the same seed makes the same crowd
  --plan file.json      all of this and more, from a file; options before go over it
  --generators 2        processes that play the crowd; by itself as many as it needs
  --url, --admin-key, --storefront-key
                        a service that runs; keys also from ADMIN_API_KEY and STOREFRONT_API_KEY. For --callers buyers
                        JWT_SECRET (JWT_ISSUER, JWT_AUDIENCE). Its ADDRESS_REQUESTS_MAX must let the crowd through.
  --report out.html     where the report goes; by itself .data/drop/<time>.html
  --dry-run             says what would be sent, and sends nothing
  --help                this

Ends with 0 when the verdict is good, 1 when it is not, 130 when it was stopped (Ctrl-C) and what there was is good.
`;

/** What was asked for on the command line. Throws PlanRefused with all that is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values, tokens } = parse(args);
  const file = values.plan === undefined ? {} : readFile(values.plan);
  const { units, stock } = values;
  const asked: PlanFile = {
    ...(units !== undefined || stock !== undefined ? without(file, 'units', 'stock') : file),
    ...numbers({ buyers: values.buyers, units, seed: values.seed }),
    ...(values.over !== undefined && { over: values.over }),
    ...texts({ stock, shape: values.shape, callers: values.callers, leftovers: values.leftovers }),
    ...(values.personas !== undefined && { personas: sharesOf(values.personas) }),
  };
  if (values.pace !== undefined) asked.pace = paceOf(values.pace);
  if (values.hold !== undefined) asked.sale = { ...asked.sale, holdTtlSeconds: holdSeconds(values.hold) };
  if (tokens.length > 0 && values.help) return { ...EMPTY, plan: readPlan({}), help: true };
  return {
    plan: readPlan(asked),
    url: values.url === undefined ? null : urlOf(values.url),
    ...{ adminKey: values['admin-key'] ?? null, storefrontKey: values['storefront-key'] ?? null },
    generators: values.generators === undefined ? null : generatorsOf(values.generators),
    ...{ dryRun: values['dry-run'] ?? false, help: false, report: values.report ?? null },
  };
}

const EMPTY = {
  ...{ url: null, adminKey: null, storefrontKey: null, generators: null, dryRun: false, report: null },
} as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      ...{ args: [...args], strict: true, allowPositionals: false, tokens: true },
      options: {
        ...{ buyers: text, units: text, stock: text, over: text, shape: text, personas: text, callers: text },
        ...{ hold: text, pace: text, leftovers: text, seed: text, plan: text, generators: text, report: text },
        ...{ url: text, 'admin-key': text, 'storefront-key': text, 'dry-run': flag, help: flag },
      },
    });
  } catch (error) {
    throw new PlanRefused([
      `${(error as Error).message.split(/\. To specify|\n/)[0]?.replace(/\.$/, '')}. See npm run drop -- --help`,
    ]);
  }
}

function readFile(path: string): PlanFile {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PlanRefused([`--plan ${path} cannot be read: ${(error as Error).message}`]);
  }
  try {
    return checkPlanFile(JSON.parse(content));
  } catch (error) {
    if (error instanceof PlanRefused) throw new PlanRefused(error.faults.map((fault) => `${path}: ${fault}`));
    throw new PlanRefused([`--plan ${path} is no JSON: ${(error as Error).message}`]);
  }
}

const without = (file: PlanFile, ...names: (keyof PlanFile)[]): PlanFile =>
  Object.fromEntries(Object.entries(file).filter(([name]) => !names.some((each) => each === name)));

function numbers(given: Record<string, string | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, wholeOf(name, value)]])),
  );
}

function wholeOf(name: string, value: string): number {
  if (!/^\d[\d_]*$/.test(value)) throw new PlanRefused([`--${name} must be a whole number; it is ${value}`]);
  return Number(value.replaceAll('_', ''));
}

/** The plan's own rules say which of them are known. */
function texts(given: Record<string, string | undefined>): Partial<PlanFile> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function sharesOf(given: string): Partial<Record<PersonaName, number>> {
  const pairs = given.split(',').map((pair): [string, number] => {
    const [name = '', share = ''] = pair.split('=').map((part) => part.trim());
    if (!/^\d+(\.\d+)?$/.test(share)) throw new PlanRefused([`--personas takes name=share,name=share; ${pair} is not`]);
    return [name, Number(share)];
  });
  return Object.fromEntries(pairs);
}

function holdSeconds(given: string): number {
  const [, number = '', unit = 's'] = /^(\d+)\s*(s|m)?$/.exec(given) ?? [];
  if (number === '') throw new PlanRefused([`--hold must be whole seconds or minutes, such as 10s; it is ${given}`]);
  return Number(number) * (unit === 'm' ? 60 : 1);
}

function paceOf(given: string): number {
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given);
  throw new PlanRefused([`--pace must be a number such as 0.5; it is ${given}`]);
}

function urlOf(given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '');
  throw new PlanRefused([`--url must begin with http:// or https://; it is ${given}`]);
}

function generatorsOf(given: string): number {
  const count = wholeOf('generators', given);
  if (count >= 1 && count <= GENERATORS_MAX) return count;
  throw new PlanRefused([`--generators must be from 1 to ${GENERATORS_MAX}; it is ${given}`]);
}
