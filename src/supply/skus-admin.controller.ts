import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { BodyLimit, TakesCsv } from '../platform/route-traits.js';
import { UnitBody } from '../sales/create-sale.body.js';
import { BlockUnits } from './block-units.js';
import { ChangeCapacity } from './change-capacity.js';
import { CapacityBody, NamedUnitsBody } from './change-stock.body.js';
import { ChangeSku } from './change-sku.js';
import { ImportUnits } from './import-units.js';
import { ReadSku } from './read-sku.js';
import { readUnitList } from './read-unit-list.js';
import { ChangeSkuBody, ReasonQuery } from './sku.body.js';
import { SkuIdInPath, SkuStockView } from './sku.view.js';
import { BLOCK_BODY_BYTES_MAX, IMPORT_BODY_BYTES_MAX, UNITS_PER_IMPORT_MAX } from './supply-limits.js';

@ApiTags('Admin: SKUs')
@ApiExtraModels(UnitBody)
@Allow('admin')
@ApiProblems('sku-not-found')
@Controller('v1/admin/skus')
export class SkusAdminController {
  constructor(
    private readonly skus: ReadSku,
    private readonly capacities: ChangeCapacity,
    private readonly blocks: BlockUnits,
    private readonly changes: ChangeSku,
    private readonly imports: ImportUnits,
  ) {}

  @Get(':skuId')
  @SkuIdInPath()
  @ApiOperation({ operationId: 'getSku', summary: 'One SKU with its stock, as it is now' })
  @ApiOkResponse({ type: SkuStockView, description: 'The SKU' })
  read(@Param('skuId') skuId: string): Promise<SkuStockView> {
    return this.skus.read(skuId);
  }

  @Patch(':skuId')
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'changeSku',
    summary: 'Changes name, price and limit; what is written down already keeps its price',
  })
  @ApiOkResponse({ type: SkuStockView, description: 'The SKU as it is now' })
  @ApiProblems('sale-state-conflict')
  async change(
    @Param('skuId') skuId: string,
    @Body() body: ChangeSkuBody,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.changes.change(skuId, body, { actor: actorOf(caller), action: 'sku.change', reason: body.reason });
    return this.skus.read(skuId);
  }

  @Delete(':skuId')
  @HttpCode(204)
  @SkuIdInPath()
  @ApiOperation({ operationId: 'removeSku', summary: 'Takes a SKU out of its sale that nobody ever had a unit of' })
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblems('sale-state-conflict')
  remove(@Param('skuId') skuId: string, @Query() { reason }: ReasonQuery, @CallerOf() caller: Caller): Promise<void> {
    return this.changes.remove(skuId, { actor: actorOf(caller), action: 'sku.remove', reason });
  }

  @Post(':skuId/units')
  @BodyLimit(IMPORT_BODY_BYTES_MAX)
  @TakesCsv()
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'importUnits',
    summary: `Imports named units, at most ${UNITS_PER_IMPORT_MAX} at once, all of a list or none; also while the sale is on`,
  })
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({
    description: 'A JSON array of units, or CSV with a header that names the columns label, section, row and seat',
    schema: { type: 'array', items: { $ref: getSchemaPath(UnitBody) }, minItems: 1, maxItems: UNITS_PER_IMPORT_MAX },
  })
  @ApiCreatedResponse({ type: SkuStockView, description: 'They are on sale' })
  @ApiProblems('sale-state-conflict')
  async import(
    @Param('skuId') skuId: string,
    @Query() { reason }: ReasonQuery,
    @Body() list: unknown,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.imports.import(skuId, readUnitList(list), { actor: actorOf(caller), action: 'sku.import', reason });
    return this.skus.read(skuId);
  }

  @Post(':skuId/capacity')
  @HttpCode(200)
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'changeCapacity',
    summary: 'Changes how many units there are, while they are sold; a repeat changes nothing',
  })
  @ApiOkResponse({ type: SkuStockView, description: 'Done, or on its way to `capacityTarget`' })
  @ApiProblems('sale-state-conflict', 'capacity-below-committed')
  async capacity(
    @Param('skuId') skuId: string,
    @Body() { capacity, mode = 'now', reason }: CapacityBody,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.capacities.change(skuId, capacity, mode, { actor: actorOf(caller), action: 'sku.capacity', reason });
    return this.skus.read(skuId);
  }

  @Post(':skuId/block')
  @HttpCode(200)
  @BodyLimit(BLOCK_BODY_BYTES_MAX)
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'blockUnits',
    summary: 'Takes named units out of sale, all of them or none; those that are blocked stay so',
  })
  @ApiOkResponse({ type: SkuStockView, description: 'Blocked' })
  @ApiProblems('unit-unknown', 'units-unavailable', 'sale-state-conflict')
  async block(
    @Param('skuId') skuId: string,
    @Body() { units, reason }: NamedUnitsBody,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.blocks.block(skuId, units, { actor: actorOf(caller), action: 'sku.block', reason });
    return this.skus.read(skuId);
  }

  @Post(':skuId/unblock')
  @HttpCode(200)
  @BodyLimit(BLOCK_BODY_BYTES_MAX)
  @SkuIdInPath()
  @ApiOperation({
    operationId: 'unblockUnits',
    summary: 'Puts blocked units back on sale; those that are on sale stay so',
  })
  @ApiOkResponse({ type: SkuStockView, description: 'On sale' })
  @ApiProblems('unit-unknown', 'units-unavailable', 'sale-state-conflict')
  async unblock(
    @Param('skuId') skuId: string,
    @Body() { units, reason }: NamedUnitsBody,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.blocks.unblock(skuId, units, { actor: actorOf(caller), action: 'sku.unblock', reason });
    return this.skus.read(skuId);
  }
}
