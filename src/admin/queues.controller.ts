import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { FailedJobs } from './failed-jobs.queue.js';
import { FailedJobList, FailedJobsQuery, JobIdInPath, QueueList, RetriedJobs, RetryBody } from './queues.dto.js';

@ApiTags('Admin: queues')
@Allow('admin')
@Controller('v1/admin/queues')
export class QueuesController {
  constructor(private readonly jobs: FailedJobs) {}

  @Get()
  @ApiOperation({ operationId: 'listQueues', summary: 'How deep each reserve queue is, how old what waits, who works' })
  @ApiOkResponse({ type: QueueList, description: 'One a partition' })
  list(): Promise<QueueList> {
    return this.jobs.queues();
  }

  @Get('failed')
  @ApiOperation({
    operationId: 'listFailedJobs',
    summary: 'Jobs that failed, and why; there should be none: what cannot be decided now is put off',
  })
  @ApiOkResponse({ type: FailedJobList, description: 'The newest first' })
  failed(@Query() { limit }: FailedJobsQuery): Promise<FailedJobList> {
    return this.jobs.list(limit);
  }

  @Post('failed/retry')
  @HttpCode(200)
  @ApiOperation({ operationId: 'retryFailedJobs', summary: 'Queues every failed job again' })
  @ApiOkResponse({ type: RetriedJobs, description: 'How many' })
  retryAll(@Body() { reason }: RetryBody, @CallerOf() caller: Caller): Promise<RetriedJobs> {
    return this.jobs.retryAll(reason, actorOf(caller));
  }

  @Post('failed/:jobId/retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryFailedJob',
    summary: 'Queues a failed job again: a batch that is decided already meets its own decisions',
  })
  @JobIdInPath()
  @ApiOkResponse({ type: RetriedJobs, description: 'Queued again, or so already' })
  @ApiProblems('job-not-found')
  retry(
    @Param('jobId') jobId: string,
    @Body() { reason }: RetryBody,
    @CallerOf() caller: Caller,
  ): Promise<RetriedJobs> {
    return this.jobs.retry(jobId, reason, actorOf(caller));
  }
}
