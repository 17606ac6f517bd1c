// Ctrl-C and SIGTERM: the first one asks, a later one insists.

/**
 * npm passes on the signal that a terminal's Ctrl-C has already sent to the whole group, so one key press arrives here
 * twice, a few milliseconds apart. Only a signal after this pause is a second wish.
 */
const SAME_WISH_MS = 700;

/**
 * Turns signals into `stopping`: `asked` says whether, `signal` aborts child programs of the preparation, and the
 * listeners of `onAsk` and `onForce` are called once each.
 */
export function listenForStop(progress) {
  const controller = new AbortController();
  const listeners = { ask: [], force: [] };
  let askedAt = 0;
  let askedBy = '';
  let forced = false;

  const heard = (name) => {
    if (!askedAt) {
      askedAt = performance.now();
      askedBy = name;
      controller.abort();
      for (const listener of listeners.ask) listener(name);
    } else if (!forced && performance.now() - askedAt > SAME_WISH_MS) {
      forced = true;
      progress.note('stopping at once');
      for (const listener of listeners.force) listener(name);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => heard(name));

  return {
    get asked() {
      return askedAt > 0;
    },
    /** The first signal's name, for the line that says why we end. */
    get name() {
      return askedBy;
    },
    signal: controller.signal,
    onAsk: (listener) => listeners.ask.push(listener),
    onForce: (listener) => listeners.force.push(listener),
  };
}
