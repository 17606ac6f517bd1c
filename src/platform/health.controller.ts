import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Problem } from '../problems.js';
import { ApiProblems } from './api-problems.js';
import { type Degraded, Readiness } from './readiness.js';
import { OpenRoute } from './route-traits.js';

class Liveness {
  @ApiProperty({ type: String, enum: ['ok'], example: 'ok' })
  status!: 'ok';
}

class Ready {
  @ApiProperty({ type: String, enum: ['ready'], example: 'ready' })
  status!: 'ready';
  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: ['redis', 'postgres'] },
    example: [],
    description:
      'Stores without which part of the work still gets done: a Redis out of reach; a Postgres that reads and could not ' +
      'write within the last 10 s, as one whose disk is full',
  })
  degraded!: Degraded[];
  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    example: [],
    description: 'Settings of the stores with which less is kept than is promised, a sentence each with what to set',
  })
  warnings!: readonly string[];
}

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @OpenRoute()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process runs',
    description: 'Restart it when this does not answer.',
  })
  @ApiOkResponse({ type: Liveness, description: 'It runs' })
  live(): Liveness {
    return { status: 'ok' };
  }

  @Get('ready')
  @OpenRoute()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether the process may be sent requests',
    description:
      'Without Redis it may: reading and confirming still work. Without room in Postgres it may: reading and queueing ' +
      'do. A 503 says why not: no Postgres, stopping, the ledger not built yet, or a worker that takes no jobs.',
  })
  @ApiOkResponse({ type: Ready, description: 'It may' })
  @ApiProblems('store-unavailable')
  ready(): Ready {
    const state = this.readiness.state();
    if (!state.ready) throw new Problem('store-unavailable', state.reason, { retryAfterSeconds: 1 });
    return { status: 'ready', degraded: state.degraded, warnings: this.readiness.warnings };
  }
}
