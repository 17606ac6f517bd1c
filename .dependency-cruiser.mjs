/**
 * The import table of ARCHITECTURE.md, kept by a machine: `npm run check` and test/unit/import-rules.spec.ts run it.
 * Each folder names what it may import of ours; whatever it does not name is refused.
 */
const FOLDERS = {
  platform: { may: [], because: 'it knows no business word, so that it can be read and changed without knowing one' },
  access: { may: ['platform'], because: 'who calls is decided the same way whatever is called' },
  inventory: { may: ['platform'], because: 'the ledger decides by keys and epochs alone, whoever asks and however' },
  events: { may: ['platform', 'access'], because: 'facts are passed on; what they mean belongs to their subscribers' },
  sales: {
    may: ['platform', 'access', 'inventory', 'events'],
    because: 'a sale exists before any reservation of it does',
  },
  supply: {
    may: ['platform', 'access', 'inventory', 'events', 'sales'],
    because: 'what there is to sell changes under buyers without knowing one',
  },
  reservations: {
    may: ['platform', 'access', 'inventory', 'events', 'sales'],
    because: 'a hold must not know what comes of it: checkout, expiry and lines build on it',
  },
  checkout: {
    may: ['platform', 'access', 'inventory', 'events', 'sales', 'reservations'],
    because: 'the money path stands alone: a change of expiry or of lines cannot reach it',
  },
  expiry: {
    may: ['platform', 'access', 'inventory', 'events', 'sales', 'reservations'],
    because: 'time takes back what is held; it must not reach into what is paid for',
  },
  waitlist: {
    may: ['platform', 'access', 'inventory', 'events', 'sales', 'reservations'],
    because: 'a line turns returned units into holds and knows no more than that',
  },
  'waiting-room': {
    may: ['platform', 'access', 'inventory', 'events', 'sales', 'reservations'],
    because: 'admission happens before a reservation and decides nothing about one',
  },
  reconcile: {
    may: [
      ...['platform', 'access', 'inventory', 'events', 'sales', 'supply', 'reservations'],
      ...['checkout', 'expiry', 'waitlist', 'waiting-room'],
    ],
    because: 'it repairs all the others, so none of them may need it',
  },
  forgetting: {
    may: ['platform', 'access', 'inventory', 'events', 'sales', 'reservations', 'checkout'],
    because: 'it takes away what is over, wherever it lies; whoever works on what is not over must not need it',
  },
  pages: { may: ['platform'], because: 'pages call the API like everybody else: what they may is decided there' },
  'demo-shop': {
    may: ['platform', 'access'],
    because: "a shop's backend has the API and nothing else, and nothing of the product may need a toy",
  },
  admin: {
    may: [
      ...['platform', 'access', 'inventory', 'events', 'sales', 'supply', 'reservations'],
      ...['checkout', 'expiry', 'waitlist', 'waiting-room', 'reconcile', 'forgetting'],
    ],
    because: 'operators see and do everything; nothing depends on what they see',
  },
};

/** The tables of contents wire everything and so import anything. */
const WIRING = '(^src/main\\.ts|\\.module\\.ts)$';

const folderRules = Object.entries(FOLDERS).map(([folder, { may, because }]) => ({
  name: `${folder}-imports-only-${may.length === 0 ? 'itself' : 'what-it-builds-on'}`,
  comment: `src/${folder} may import ${may.join(', ') || 'nothing of ours but problems.ts and crash-points.ts'}: ${because}.`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: WIRING },
  to: {
    path: '^src/',
    pathNot: `^src/((problem(s|-members)|crash-points)\\.ts$|generated/|(${[folder, ...may].join('|')})/)`,
  },
}));

const npm = (...names) => `node_modules/(${names.map((name) => name.replace('/', '\\/')).join('|')})/`;

const libraryRules = [
  {
    name: 'redis-client-behind-the-inventory',
    comment:
      'Whoever holds a Redis client can write a key without its script; only the ledger, the connections and the result channel may.',
    from: { path: '^src/', pathNot: ['^src/(inventory|platform)/', '^src/reservations/result-channel\\.ts$', WIRING] },
    to: { path: npm('ioredis') },
  },
  {
    name: 'bullmq-at-the-edges',
    comment:
      'A queue carries decisions and makes none, so that a lost or doubled job changes no outcome: business code never sees a job.',
    from: { path: '^src/', pathNot: ['^src/platform/', '\\.(queue|worker)\\.ts$', WIRING] },
    to: { path: npm('bullmq', '@nestjs/bullmq') },
  },
  {
    name: 'one-postgres-client',
    comment:
      'One pool under Prisma and raw SQL: a second client would have a second set of limits, and close at another time. Types are free.',
    from: { path: '^src/', pathNot: '^src/platform/(search-)?postgres\\.ts$' },
    to: {
      path: [npm('pg', '@prisma/client', '@prisma/adapter-pg'), '^src/generated/prisma/(client|internal)'],
      dependencyTypesNot: ['type-only', 'pre-compilation-only'],
    },
  },
  {
    name: 'http-server-at-the-edges',
    comment:
      'A request belongs to its controller; what is decided must be decidable in a worker, where there is none. Types are free.',
    from: { path: '^src/', pathNot: ['^src/(platform|access)/', '\\.controller\\.ts$', WIRING] },
    to: { path: npm('fastify', '@nestjs/platform-fastify'), dependencyTypesNot: ['type-only', 'pre-compilation-only'] },
  },
  {
    name: 'tokens-are-read-in-access',
    comment: 'One place decides what a valid token is.',
    from: { path: '^src/', pathNot: '^src/access/' },
    to: { path: npm('jose') },
  },
  {
    name: 'traces-cost-nothing-unless-asked',
    comment: 'The SDK is 30 MB and takes its time to load; without an endpoint nothing of it is. Types are free.',
    from: { path: '^src/', pathNot: '^src/platform/tracing-sdk\\.ts$' },
    to: { path: npm('@opentelemetry'), dependencyTypesNot: ['type-only', 'pre-compilation-only'] },
  },
  {
    name: 'tracing-sdk-only-when-asked',
    comment: 'It is loaded by an import() that runs where an endpoint is configured.',
    from: { path: '^src/' },
    to: { path: '^src/platform/tracing-sdk\\.ts$', dynamic: false },
  },
  {
    name: 'scripts-need-nothing-installed',
    comment: 'A fresh clone has no packages yet; a step that needs one imports it when it runs.',
    from: { path: '^scripts/' },
    to: { path: 'node_modules/', dynamic: false },
  },
].map((rule) => ({ severity: 'error', ...rule }));

const shapeRules = [
  {
    name: 'no-cycles',
    comment: 'Two files that import each other are one file in two places, and start in an order nobody chose.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'nothing-imports-an-entry',
    comment: 'A controller or a worker is where a call arrives; what two of them need belongs in a file of its own.',
    from: { path: '^src/', pathNot: WIRING },
    to: { path: '\\.(controller|worker)\\.ts$' },
  },
  {
    name: 'modules-only-in-modules',
    comment: 'A module is a table of contents: importing one from a service pulls in all it lists.',
    from: { path: '^src/', pathNot: WIRING },
    to: { path: '\\.module\\.ts$' },
  },
  {
    name: 'problems-are-pure',
    comment:
      'A problem is thrown in workers, stored in reservations and compared with README: it needs nothing. Nor does the list of crash points.',
    from: { path: '^src/(problems|crash-points)\\.ts$' },
    to: {},
  },
  {
    name: 'no-dead-files',
    comment: 'A file that main.ts does not reach is dead: wire it or delete it.',
    from: { path: '^src/main\\.ts$' },
    to: { path: '^src/', pathNot: ['^src/generated/', '\\.d\\.ts$'], reachable: false },
  },
  {
    name: 'source-needs-no-tests-or-scripts',
    comment: 'dist holds src alone.',
    from: { path: '^src/' },
    to: { path: '^(test|scripts)/' },
  },
  {
    name: 'source-needs-no-development-package',
    comment: 'Development packages are not there in production.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'pre-compilation-only'] },
  },
  {
    name: 'declared-packages-only',
    comment: 'A package that only another package brought disappears with it.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'imports-lead-somewhere',
    comment: 'An import that cannot be found fails at start.',
    from: { path: '^(src|scripts)/' },
    to: { couldNotResolve: true },
  },
].map((rule) => ({ severity: 'error', ...rule }));

export default {
  forbidden: [...folderRules, ...libraryRules, ...shapeRules],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    exclude: { path: ['^dist/', '^test/fixtures/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // types count: a type imported upwards ties the folders together all the same
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'], exportsFields: ['exports'] },
  },
};
