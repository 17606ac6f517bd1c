import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { ProblemCode } from '../problems.js';
import type { DocumentedEvents } from './documented-events.js';

/** A problem, and its status where that is not the one in the table (`sku-not-found` within a body is a 422). */
export type DocumentedProblem = ProblemCode | readonly [ProblemCode, number];

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
    /** Answered overloaded, unread, while this process is behind. */
    shed?: boolean;
    /** The body may be CSV; the method gets its text. */
    csv?: boolean;
    /** Instead of the headers of the API. */
    headers?: OutgoingHttpHeaders;
    /** What the route itself refuses, for the OpenAPI document. */
    problems?: readonly DocumentedProblem[];
    /** What a stream tells, by the names of its events, for both documents. */
    events?: DocumentedEvents;
  }
}

const KEY = RouteConfig({}).KEY;
/** The metadata under which Nest keeps the path of a method that answers a route. */
const PATH_KEY = 'path';

/** The traits a controller's method has so far. */
export function traitsOf(method: object): FastifyContextConfig {
  return (Reflect.getMetadata(KEY, method) as FastifyContextConfig | undefined) ?? {};
}

/** Adds traits to a controller's method, where Nest's own decorator would replace those of other decorators. */
export function addTraits(method: object, traits: FastifyContextConfig): void {
  Reflect.defineMetadata(KEY, { ...traitsOf(method), ...traits }, method);
}

/** The methods of a controller that answer routes. */
export function routeMethodsOf(controller: { prototype: object }): object[] {
  return Object.values(Object.getOwnPropertyDescriptors(controller.prototype))
    .map((descriptor) => descriptor.value as unknown)
    .filter((value): value is object => typeof value === 'function' && Reflect.hasMetadata(PATH_KEY, value));
}

function Traits(traits: FastifyContextConfig): MethodDecorator {
  return (_prototype, _name, descriptor) => addTraits(descriptor.value as object, traits);
}

/** A route that asks nobody who they are. */
export const OpenRoute = (): MethodDecorator => Traits({ open: true });

/** A route whose body may be larger than the server's limit. */
export const BodyLimit = (bodyBytesMax: number): MethodDecorator => Traits({ bodyBytesMax });

/** A route that is turned away first when there is too much to do. */
export const ShedFirst = (): MethodDecorator => Traits({ shed: true });

/** A route that takes `text/csv` as well as JSON. */
export const TakesCsv = (): MethodDecorator => Traits({ csv: true });
