import { Controller, Get, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { ApiProblems } from '../platform/api-problems.js';
import { RatesOfSale } from './rates.dto.js';
import { ReadStats } from './read-stats.js';
import { HoldFigures, SaleStats, Stats, StatsQuery } from './stats.dto.js';

@ApiTags('Admin: stats')
@Allow('admin')
@Controller('v1/admin/stats')
export class StatsController {
  constructor(private readonly stats: ReadStats) {}

  @Get()
  @ApiOperation({
    operationId: 'getStats',
    summary: 'A sale at a glance: counts, rates, ages and ends of holds, queues and processes',
    description:
      'Read once a second, however many ask. Rates are of all processes together. What a store that is out of reach ' +
      'would tell is null.',
  })
  @ApiExtraModels(SaleStats, RatesOfSale, HoldFigures)
  @ApiOkResponse({ type: Stats, description: 'As of at most 1 s ago' })
  @ApiProblems('sale-not-found')
  read(@Query() { saleId }: StatsQuery): Promise<Stats> {
    return this.stats.read(saleId);
  }
}
