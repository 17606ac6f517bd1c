// What `npm run check` lints: src and test with types, scripts as plain JavaScript. A rule that is off says why.
import tseslint from 'typescript-eslint';

/** Deadlines are decided by Redis TIME or Postgres. These files read this machine's clock, and nothing of the ledger is decided by it. */
const MACHINE_CLOCK_READERS = [
  'src/access/token-clock.ts', // the tokens of a shop say in such time until when they are good
  'src/reservations/reserve.worker.ts', // BullMQ wants the moment of a retry in this clock; when it runs changes no outcome
];

/** The environment is read once, at boot. */
const ENVIRONMENT_READERS = ['src/main.ts', 'src/platform/read-config.ts'];

const machineClock = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']" },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]" },
  { selector: "CallExpression[callee.name='Date']" },
].map((rule) => ({
  ...rule,
  message: 'One clock: a deadline is decided by Redis TIME or ledger_now(); a duration by performance.now().',
}));

const environment = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'The environment is read once: take the setting from Config.',
  },
];

// The part of eslint's own recommended set that types do not already cover; `@eslint/js` is not needed for it.
const mistakes = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'for-direction': 'error',
  'getter-return': 'error',
  'max-lines': ['error', { max: 300 }],
  'no-async-promise-executor': 'error',
  'no-case-declarations': 'error',
  'no-compare-neg-zero': 'error',
  'no-cond-assign': 'error',
  'no-constant-binary-expression': 'error',
  'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
  'no-control-regex': 'off', // printable text is checked by naming what is not
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-duplicate-case': 'error',
  'no-empty': 'error',
  'no-empty-pattern': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-irregular-whitespace': 'error',
  'no-loss-of-precision': 'error',
  'no-param-reassign': 'error',
  'no-self-assign': 'error',
  'no-self-compare': 'error',
  'no-sparse-arrays': 'error',
  'no-template-curly-in-string': 'error',
  'no-unreachable': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-unused-labels': 'error',
  'no-useless-backreference': 'error',
  'no-useless-catch': 'error',
  'no-useless-escape': 'error',
  'no-useless-rename': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'use-isnan': 'error',
  'valid-typeof': 'error',
};

const typed = {
  '@typescript-eslint/ban-ts-comment': [
    'error',
    {
      'ts-expect-error': 'allow-with-description',
      'ts-ignore': true,
      'ts-nocheck': true,
      minimumDescriptionLength: 12,
    },
  ],
  // The rule passes over files with decorators, where a DTO or an injected class must stay a value.
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }, // `return done(error);` is an early return
  ],
  // A Nest module is a class that only carries a decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  // A resource is a class for OpenAPI's sake and is answered as the plain object that it describes.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

/** What tests may do and the application may not. */
const testsMay = {
  'max-lines-per-function': 'off', // a describe is a story, not a function
  '@typescript-eslint/no-extraneous-class': 'off', // a stand-in module may carry nothing
  '@typescript-eslint/no-non-null-assertion': 'off', // a missing value fails the test, as it should
  '@typescript-eslint/no-unsafe-assignment': 'off', // expect.any() and its kin are typed any
  '@typescript-eslint/require-await': 'off', // a stand-in for a store has nothing to wait for
  '@typescript-eslint/unbound-method': 'off', // expect(x.method) does not call it
};

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'coverage/',
      '.data/',
      'src/generated/',
      'web/client/generated/',
      'web/client/dist/',
      'test/fixtures/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'web/**/*.{ts,tsx}', 'prisma.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...mistakes, ...typed },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 70 }],
      'no-console': 'error', // the log has levels, bindings and a request id
      'no-restricted-syntax': ['error', ...machineClock, ...environment],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    rules: {
      'max-lines-per-function': ['error', { max: 70 }],
      'no-console': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A listener may be asynchronous: nobody waits for what a click does.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ENVIRONMENT_READERS, rules: { 'no-restricted-syntax': ['error', ...machineClock] } },
  ...MACHINE_CLOCK_READERS.map((file) => ({
    files: [file],
    rules: { 'no-restricted-syntax': ['error', ...environment] },
  })),
  { files: ['test/**/*.ts'], rules: testsMay },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'module',
      globals: Object.fromEntries(
        ['AbortController', 'AbortSignal', 'Buffer', 'URL', 'clearInterval', 'clearTimeout', 'console', 'fetch']
          .concat(['performance', 'process', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'])
          .concat(['TextDecoder', 'TextEncoder', 'URLSearchParams', 'queueMicrotask', 'Atomics', 'SharedArrayBuffer'])
          .map((name) => [name, 'readonly']),
      ),
    },
    rules: {
      ...mistakes,
      'max-lines-per-function': ['error', { max: 70 }],
      'no-undef': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['test/drop/report/*.mjs'], // runs in the page of a report
    languageOptions: {
      globals: Object.fromEntries(
        ['addEventListener', 'document', 'getComputedStyle', 'matchMedia', 'uPlot', 'window', 'Intl'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
