import { Readiness } from '../../src/platform/readiness.js';

function allRight(): Readiness {
  const readiness = new Readiness();
  for (const part of ['postgres', 'redis', 'ledger'] as const) readiness.report(part, true);
  return readiness;
}

describe('readiness', () => {
  it('is not given before the parts have reported', () => {
    expect(new Readiness().state()).toMatchObject({ ready: false });
  });

  it('is full when every part is right', () => {
    expect(allRight().state()).toEqual({ ready: true, degraded: [] });
  });

  it('is degraded without Redis, since confirming still works', () => {
    const readiness = allRight();
    readiness.report('redis', false);
    expect(readiness.state()).toEqual({ ready: true, degraded: ['redis'] });
  });

  it('is degraded while Postgres cannot write, since reading and queueing still work', () => {
    const readiness = allRight();
    readiness.report('writes', false);
    expect(readiness.state()).toEqual({ ready: true, degraded: ['postgres'] });
    readiness.report('redis', false);
    expect(readiness.state()).toEqual({ ready: true, degraded: ['redis', 'postgres'] });
  });

  it.each(['postgres', 'rules', 'ledger', 'workers', 'draining'] as const)('ends with %s', (part) => {
    const readiness = allRight();
    readiness.report(part, false);
    expect(readiness.state()).toMatchObject({ ready: false, reason: expect.any(String) });
  });
});
