import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { PAGE_HEADERS } from '../platform/security-headers.js';

/** Beside the compiled code; from the sources and from dist alike. */
const FOLDER = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** Pages that are served, by the path below which all of their own paths lie; the shop only where it can be paid in. */
const pagesOf = ({ demoShop }: Config): string[] => ['admin', ...(demoShop ? ['shop'] : [])];

/** Nobody is asked who they are: what is in them is public. */
const PUBLIC = { open: true, headers: PAGE_HEADERS } as const;

/** Serves what is built from web/: a page for each of its paths, and its assets, whose names change with what is in them. */
@Injectable()
export class WebPages implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    if (!existsSync(join(FOLDER, 'assets'))) {
      this.log.root.warn('there are no pages: build them with `npm run build`');
      return;
    }
    for (const name of pagesOf(this.config)) this.servePage(server, name);
    // Not awaited: that would begin the server's start before Nest has told it how errors are answered.
    void server.register(async (scope) => {
      await scope.register(files, {
        ...{ root: join(FOLDER, 'assets'), serve: false, preCompressed: true, immutable: true, maxAge: '365d' },
      });
      for (const name of namesOfAssets())
        scope.get(`/assets/${name}`, { config: PUBLIC }, (_request, reply) => reply.sendFile(name));
    });
  }

  /** The page itself is asked for anew each time, so that a new version is there with its next visitor. */
  private servePage(server: FastifyInstance, name: string): void {
    const html = readFileSync(join(FOLDER, name, 'index.html'));
    for (const url of [`/${name}`, `/${name}/*`])
      server.get(url, { config: PUBLIC }, (_request, reply) =>
        reply.header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(html),
      );
  }
}

/** One route each, so that a path of another form is no path at all. Compressed copies are found beside them. */
function namesOfAssets(): string[] {
  return readdirSync(join(FOLDER, 'assets')).filter((name) => !/\.(?:br|gz)$/.test(name));
}
