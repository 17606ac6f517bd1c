/** These take longest: begun last, one of them alone would keep a run waiting, with every other worker idle. */
const LONGEST = [
  ...['crash-matrix/crash-matrix', 'fuzz/fuzz.spec', 'lua/scripts-model', 'model/protocol', 'crash-matrix/whole'],
  ...['e2e/stopping', 'e2e/releases', 'lua/ledger-model', 'e2e/crashes', 'e2e/mixed-carts', 'e2e/scarce', 'e2e/'],
];

const rankOf = ({ path }) => {
  const rank = LONGEST.findIndex((name) => path.includes(`/test/${name}`));
  return rank < 0 ? LONGEST.length : rank;
};

/** The order in which Jest's workers take test files: the same on every machine, whatever a cache knows of earlier runs. */
export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((a, b) => rankOf(a) - rankOf(b) || a.path.localeCompare(b.path));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {
    // The order needs no memory.
  }
}
