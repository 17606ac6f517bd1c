import { Body, Controller, Post } from '@nestjs/common';
import { serve } from './serve.js';

/** Takes a body, does nothing, answers: what the framework costs. */
@Controller()
class EmptyPost {
  @Post('reservations')
  create(@Body() _body: unknown): { status: string } {
    return { status: 'held' };
  }
}

await serve(EmptyPost);
