// Child programs of the preparation: their output is kept back, and shown only when they fail.
import { spawn } from 'node:child_process';
import { projectRoot } from './files.mjs';
import { Refusal } from './refusal.mjs';

const SHOWN_LINES = 30;

/** Runs a program to its end: `{ code, output }`. An abort of `signal` ends it and rejects. */
export function runProgram(command, args, { env = {}, cwd = projectRoot, ids = {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...ids,
      cwd,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code, killedBy) => resolve({ code: code ?? killedBy, output }));
  });
}

/** As `runProgram`, but a failure is a refusal that says what was tried, what came out, and what to do. */
export async function runOrRefuse(what, command, args, { advice = '', ...options } = {}) {
  const { code, output } = await runProgram(command, args, options);
  if (code === 0) return output;
  throw new Refusal(
    [`${what} failed (exit ${code}):`, lastLines(output), typeof advice === 'function' ? advice(output) : advice]
      .filter(Boolean)
      .join('\n'),
  );
}

export const lastLines = (text, count = SHOWN_LINES) =>
  text
    .trim()
    .split('\n')
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
