import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { ReleaseScheduleBody, ReleaseScheduleView } from './release-schedule.body.js';
import { ReleaseSchedule } from './release-schedule.js';
import { SkuIdInPath } from './sku.view.js';

@ApiTags('Admin: SKUs')
@Allow('admin')
@ApiProblems('sku-not-found')
@Controller('v1/admin/skus/:skuId/release-schedule')
export class ReleaseScheduleController {
  constructor(private readonly schedule: ReleaseSchedule) {}

  @Get()
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'getReleaseSchedule',
    summary: 'What is withheld, what was let out and when the rest will be',
  })
  @ApiOkResponse({ type: ReleaseScheduleView, description: 'The schedule' })
  read(@Param('skuId') skuId: string): Promise<ReleaseScheduleView> {
    return this.schedule.read(skuId);
  }

  @Put()
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'planReleases',
    summary: 'Withholds as many units as the list adds up to, and lets them out at its times',
  })
  @ApiOkResponse({ type: ReleaseScheduleView, description: 'The schedule as it is now' })
  @ApiProblems('units-unavailable', 'sale-state-conflict')
  async plan(
    @Param('skuId') skuId: string,
    @Body() { releases, reason }: ReleaseScheduleBody,
    @CallerOf() caller: Caller,
  ): Promise<ReleaseScheduleView> {
    const planned = releases.map(({ at, quantity }) => ({ at: new Date(at), quantity }));
    await this.schedule.plan(skuId, planned, { actor: actorOf(caller), action: 'sku.schedule', reason });
    return this.schedule.read(skuId);
  }
}
