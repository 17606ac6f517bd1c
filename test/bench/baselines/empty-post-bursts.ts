import { Body, Controller, Post } from '@nestjs/common';
import { serve } from './serve.js';

let burst: Promise<void> | null = null;

/** Resolves once for all requests that were read in one turn of the event loop, so that their answers leave together. */
function endOfTurn(): Promise<void> {
  burst ??= new Promise((ended) =>
    setImmediate(() => {
      burst = null;
      ended();
    }),
  );
  return burst;
}

/** The empty endpoint, which answers in bursts. */
@Controller()
class EmptyPostBursts {
  @Post('reservations')
  async create(@Body() _body: unknown): Promise<{ status: string }> {
    await endOfTurn();
    return { status: 'held' };
  }
}

await serve(EmptyPostBursts);
