import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { BodyLimit } from '../platform/route-traits.js';
import { BlockUnits } from './block-units.js';
import { ChangeCapacity } from './change-capacity.js';
import { CapacityBody, NamedUnitsBody } from './change-stock.body.js';
import { ReadSku } from './read-sku.js';
import { SkuStockView } from './sku.view.js';
import { BLOCK_BODY_BYTES_MAX } from './supply-limits.js';

/** Problems of every route that reads a body. */
const OfBodies = (): MethodDecorator =>
  ApiProblems('malformed-request', 'body-too-large', 'unsupported-media-type', 'invalid-request');

@ApiTags('Admin: SKUs')
@ApiBearerAuth()
@Allow('admin')
@ApiProblems('too-many-requests', 'unauthorized', 'forbidden', 'sku-not-found', 'store-unavailable', 'internal')
@Controller('v1/admin/skus')
export class SkusAdminController {
  constructor(
    private readonly skus: ReadSku,
    private readonly capacities: ChangeCapacity,
    private readonly blocks: BlockUnits,
  ) {}

  @Get(':skuId')
  @ApiOperation({ summary: 'One SKU with its stock, as it is now' })
  @ApiOkResponse({ type: SkuStockView, description: 'The SKU' })
  read(@Param('skuId') skuId: string): Promise<SkuStockView> {
    return this.skus.read(skuId);
  }

  @Post(':skuId/capacity')
  @HttpCode(200)
  @ApiOperation({ summary: 'Changes how many units there are, while they are sold; a repeat changes nothing' })
  @ApiOkResponse({ type: SkuStockView, description: 'Done, or on its way to `capacityTarget`' })
  @ApiProblems('sale-state-conflict', 'capacity-below-committed')
  @OfBodies()
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
  @ApiOperation({ summary: 'Takes named units out of sale, all of them or none; those that are blocked stay so' })
  @ApiOkResponse({ type: SkuStockView, description: 'Blocked' })
  @ApiProblems('unit-unknown', 'units-unavailable', 'sale-state-conflict')
  @OfBodies()
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
  @ApiOperation({ summary: 'Puts blocked units back on sale; those that are on sale stay so' })
  @ApiOkResponse({ type: SkuStockView, description: 'On sale' })
  @ApiProblems('unit-unknown', 'units-unavailable', 'sale-state-conflict')
  @OfBodies()
  async unblock(
    @Param('skuId') skuId: string,
    @Body() { units, reason }: NamedUnitsBody,
    @CallerOf() caller: Caller,
  ): Promise<SkuStockView> {
    await this.blocks.unblock(skuId, units, { actor: actorOf(caller), action: 'sku.unblock', reason });
    return this.skus.read(skuId);
  }
}
