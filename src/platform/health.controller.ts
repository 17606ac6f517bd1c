import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Problem } from '../problems.js';
import { Readiness } from './readiness.js';
import { OpenRoute } from './route-traits.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @OpenRoute()
  @ApiOperation({ summary: 'Whether the process runs. Restart it when this does not answer.' })
  @ApiOkResponse({ schema: { example: { status: 'ok' } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @OpenRoute()
  @ApiOperation({ summary: 'Whether the process may be sent requests. Without Redis it may: confirming still works.' })
  @ApiOkResponse({ schema: { example: { status: 'ready', degraded: [] } } })
  @ApiServiceUnavailableResponse({ description: '`store-unavailable`: no Postgres, stopping, or not built yet' })
  ready(): { status: 'ready'; degraded: 'redis'[] } {
    const state = this.readiness.state();
    if (!state.ready) throw new Problem('store-unavailable', state.reason, { retryAfterSeconds: 1 });
    return { status: 'ready', degraded: state.degraded };
  }
}
