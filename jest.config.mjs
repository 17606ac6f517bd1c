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

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // The compiled copy and the embedded stores hold no tests, and their files come and go while Jest looks.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.data'],
  // Sources import `./x.js`, as Node wants it; here the file is still `./x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest', swc] },
  // These are CommonJS already, and large: compiling them anew takes longer than a test.
  transformIgnorePatterns: ['/node_modules/(?:playwright-core|axe-core)/'],
  // Every answer of the server is compared with the OpenAPI document; the whole suite must provoke its problems.
  setupFilesAfterEnv: ['<rootDir>/test/conformance/after-each.ts'],
  reporters: ['default', '<rootDir>/test/conformance/whole-suite-reporter.mjs'],
  testSequencer: '<rootDir>/test/longest-first.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
  forceExit: true, // the net below tests that forget to close a connection
};
