import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { BulkRunIdInPath, BulkRunList, BulkRunsQuery, BulkRunView, HoldReasonBody } from './bulk.dto.js';
import { BulkHolds } from './bulk-holds.js';

@ApiTags('Admin: holds')
@Allow('admin')
@Controller('v1/admin/bulk-runs')
export class BulkRunsController {
  constructor(private readonly bulk: BulkHolds) {}

  @Get()
  @ApiOperation({ operationId: 'listBulkRuns', summary: 'What was asked for in bulk, the newest first' })
  @ApiOkResponse({ type: BulkRunList, description: 'A page' })
  list(@Query() query: BulkRunsQuery): Promise<BulkRunList> {
    return this.bulk.list(query);
  }

  @Get(':runId')
  @ApiOperation({ operationId: 'getBulkRun', summary: 'How far a bulk run is, and what it could not do' })
  @BulkRunIdInPath()
  @ApiOkResponse({ type: BulkRunView, description: 'The run' })
  @ApiProblems('bulk-run-not-found')
  read(@Param('runId') runId: string): Promise<BulkRunView> {
    return this.bulk.read(runId);
  }

  @Post(':runId/stop')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'stopBulkRun',
    summary: 'Ends a run after the chunk under way; what it has changed stays changed',
  })
  @BulkRunIdInPath()
  @ApiOkResponse({ type: BulkRunView, description: 'Stopped, or ended before' })
  @ApiProblems('bulk-run-not-found')
  stop(
    @Param('runId') runId: string,
    @Body() { reason }: HoldReasonBody,
    @CallerOf() caller: Caller,
  ): Promise<BulkRunView> {
    return this.bulk.stop(caller, runId, reason);
  }
}
