// The Prisma client: generated when the schema or the packages changed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, projectRoot, readStamp, sha256, writeStamp } from './files.mjs';
import { readLockText } from './install.mjs';
import { runOrRefuse } from './programs.mjs';

const STAMP = 'prisma-client.json';

function schemaStamp() {
  const schemas = filesBelow(join(projectRoot, 'prisma')).filter((path) => path.endsWith('.prisma'));
  return sha256(
    readLockText(),
    ...[...schemas, join(projectRoot, 'prisma.config.ts')].map((path) => readFileSync(path)),
  );
}

export function clientIsStale() {
  return !existsSync(join(projectRoot, 'src/generated/prisma/client.ts')) || readStamp(STAMP) !== schemaStamp();
}

export async function generateClient({ signal }) {
  const stamp = schemaStamp(); // before the work: a schema edited meanwhile is stale again next time
  await runOrRefuse(
    'prisma generate',
    process.execPath,
    ['node_modules/prisma/build/index.js', 'generate', '--no-hints'],
    {
      signal,
      env: {
        // Generating needs no engine, yet the CLI downloads one unless it is told where one is. Node is an executable
        // that is always there. Set for this step only: `prisma migrate` goes on fetching the real one.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
      advice: 'Correct prisma/schema.prisma, then run this again.',
    },
  );
  writeStamp(STAMP, stamp);
}
