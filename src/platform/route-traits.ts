import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';

/** What the server must know of a route before it reads the body. Kept in Fastify's route config. */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** Nobody is asked who they are, so that a probe needs no store. */
    open?: boolean;
    /** The kinds of caller that may call. */
    allow?: readonly string[];
    /** A stream that `?ticket=` opens too. */
    ticket?: boolean;
    /** Instead of the server's 16 KiB. */
    bodyBytesMax?: number;
    /** The body may be CSV; the method gets its text. */
    csv?: boolean;
    /** Instead of the headers of the API. */
    headers?: OutgoingHttpHeaders;
  }
}

const KEY = RouteConfig({}).KEY;

/** The traits a controller's method has so far. */
export function traitsOf(method: object): FastifyContextConfig {
  return (Reflect.getMetadata(KEY, method) as FastifyContextConfig | undefined) ?? {};
}

/** Adds traits to a controller's method, where Nest's own decorator would replace those of other decorators. */
export function addTraits(method: object, traits: FastifyContextConfig): void {
  Reflect.defineMetadata(KEY, { ...traitsOf(method), ...traits }, method);
}

function Traits(traits: FastifyContextConfig): MethodDecorator {
  return (_prototype, _name, descriptor) => addTraits(descriptor.value as object, traits);
}

/** A route that asks nobody who they are. */
export const OpenRoute = (): MethodDecorator => Traits({ open: true });

/** A route whose body may be larger than the server's limit. */
export const BodyLimit = (bodyBytesMax: number): MethodDecorator => Traits({ bodyBytesMax });

/** A route that takes `text/csv` as well as JSON. */
export const TakesCsv = (): MethodDecorator => Traits({ csv: true });
