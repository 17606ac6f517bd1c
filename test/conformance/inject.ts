import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { createDocument } from '../../src/platform/openapi.js';
import { compare } from './answers.js';
import { Contract } from './contract.js';

/** The application, whose answers to `inject` are compared with its own document from now on. `own`: see Contract. */
export function conforming(app: NestFastifyApplication, own?: string): NestFastifyApplication {
  const contract = new Contract(createDocument(app), own);
  // The application itself is a proxy that takes no members; it asks its adapter.
  const adapter = app.getHttpAdapter() as FastifyAdapter;
  const inject = adapter.inject.bind(adapter);
  const checked = async (asked: InjectOptions): Promise<LightMyRequestResponse> => {
    const answer = await inject(asked);
    const path = typeof asked.url === 'string' ? asked.url : (asked.url?.pathname ?? '');
    const { statusCode: status, headers, body: text } = answer;
    compare(contract, { method: asked.method ?? 'GET', path, status, headers, text });
    return answer;
  };
  Object.assign(adapter, { inject: checked });
  return app;
}
