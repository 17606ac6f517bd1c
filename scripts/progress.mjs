// Short lines about what is going on, each with the seconds since the command began. A terminal gets one live line
// that is drawn anew until its step is done; a log file gets a plain line at the beginning and at the end of a step.
const REDRAW_MS = 120;
/** Someone who reads a log should see a sign of life during the long steps (npm ci, a download). */
const SIGN_OF_LIFE_MS = 10_000;
/** A step quicker than this is not announced in a log, only reported when done. */
const ANNOUNCE_AFTER_MS = 400;

export function createProgress(stream = process.stdout) {
  const live = Boolean(stream.isTTY) && !process.env.CI;
  const running = new Set();
  let timer = null;

  // Whoever read our output may have gone (a closed terminal, `| head`); the stores must still be stopped.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

  const seconds = () => process.uptime().toFixed(1).padStart(6);
  const clear = () => live && stream.write('\r\x1b[K');
  const print = (mark, text) => {
    clear();
    stream.write(`${mark}${seconds()} s  ${text}\n`);
  };

  function tick() {
    if (live) {
      clear();
      stream.write(
        ` ${seconds()} s  ${[...running].map((step) => step.label).join(', ')} …`.slice(0, (stream.columns || 80) - 1),
      );
      return;
    }
    for (const step of running) {
      const quiet = performance.now() - step.spokeAt;
      if (quiet < (step.announced ? SIGN_OF_LIFE_MS : ANNOUNCE_AFTER_MS)) continue;
      print(' ', `${step.label} …`);
      step.announced = true;
      step.spokeAt = performance.now();
    }
  }
  function watch() {
    if (running.size > 0 && !timer) timer = setInterval(tick, REDRAW_MS).unref();
    if (running.size > 0) return;
    clearInterval(timer);
    timer = null;
    clear();
  }

  return {
    /** Says one thing now. */
    note: (text) => print(' ', text),
    done: (text) => print('✓', text),
    warn: (text) => print('!', text),
    /** Shows `label` while `work` runs, then what it returned (a text), or nothing when it returned none. */
    async step(label, work) {
      const step = { label, announced: false, spokeAt: performance.now() };
      running.add(step);
      watch();
      try {
        const result = await work((next) => Object.assign(step, { label: next, announced: false }));
        if (typeof result === 'string') print('✓', result);
      } finally {
        running.delete(step);
        watch();
      }
    },
    /** Takes the live line off the screen, before something else prints. */
    end() {
      running.clear();
      watch();
    },
  };
}
