// `node scripts/ask-health.mjs live | ready`: what a container's health check runs. Exit 0 when the answer is 200.
const PATIENCE_MS = 3_000;

const what = process.argv[2] ?? 'live';
const port = process.env.PORT || '3000';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/${what}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  console.log(`${answer.status} ${(await answer.text()).slice(0, 500)}`);
  process.exitCode = answer.status === 200 ? 0 : 1;
} catch (error) {
  console.log(`no answer: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
