// Inside Jest everything is CommonJS, ESM-only dependencies too: Jest's own ESM mode cannot load them on Node 20.
// swc does not check types; `npm run check` does.
const swc = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

/** The large ones that need no compiling, and import nothing at run time: every test file loads them anew. */
const COMMONJS_ALREADY = [
  ...['playwright-core', 'axe-core', 'rxjs', 'class-validator', 'class-transformer', 'validator', 'ajv', 'ajv-formats'],
  ...['bullmq', 'cron-parser', 'luxon', 'ioredis', 'semver', 'pg', 'pg-.+', 'prom-client'],
  ...['fastify', 'pino', 'find-my-way', 'rate-limiter-flexible', 'lodash', 'tslib', 'es-toolkit', 'iterare'],
];

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // The compiled copy and the embedded stores hold no tests, and their files come and go while Jest looks.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.data'],
  // Sources import `./x.js`, as Node wants it; here the file is still `./x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    // Nobody steps through a package, and reading its maps takes as long as reading it.
    '/node_modules/.+\\.(js|mjs)$': ['@swc/jest', { ...swc, sourceMaps: false }],
    '^.+\\.(ts|js|mjs)$': ['@swc/jest', swc],
  },
  transformIgnorePatterns: [`/node_modules/(?:${COMMONJS_ALREADY.join('|')})/`],
  // Every answer of the server is compared with the OpenAPI document; the whole suite must provoke its problems.
  setupFilesAfterEnv: ['<rootDir>/test/conformance/after-each.ts'],
  reporters: ['default', '<rootDir>/test/conformance/whole-suite-reporter.mjs'],
  testSequencer: '<rootDir>/test/longest-first.mjs',
  testTimeout: 120_000, // what hangs may hang so long; a machine that is busy beyond measure gets as far

  maxWorkers: 2,
  forceExit: true, // the net below tests that forget to close a connection
};
