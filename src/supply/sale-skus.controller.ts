import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { BodyLimit } from '../platform/route-traits.js';
import { CREATE_SALE_BODY_BYTES_MAX } from '../sales/sale-limits.js';
import { SaleIdInPath } from '../sales/sale.view.js';
import { AddSku } from './add-sku.js';
import { ReadSku } from './read-sku.js';
import { AddSkuBody } from './sku.body.js';
import { SkuStockList, SkuStockView } from './sku.view.js';

@ApiTags('Admin: SKUs')
@Allow('admin')
@ApiProblems('sale-not-found')
@Controller('v1/admin/sales/:saleId/skus')
export class SaleSkusController {
  constructor(
    private readonly skus: ReadSku,
    private readonly additions: AddSku,
  ) {}

  @Get()
  @SaleIdInPath()
  @ApiOperation({ operationId: 'listSkus', summary: "A sale's SKUs with their stock, as it is now" })
  @ApiOkResponse({ type: SkuStockList, description: 'All of them, in the order of the sale' })
  async list(@Param('saleId') saleId: string): Promise<SkuStockList> {
    return { items: await this.skus.ofSale(saleId) };
  }

  @Post()
  @BodyLimit(CREATE_SALE_BODY_BYTES_MAX)
  @SaleIdInPath()
  @ApiOperation({
    operationId: 'addSku',
    summary: 'Adds a SKU, also to a sale that is on: from the answer on it can be reserved',
  })
  @ApiCreatedResponse({
    type: SkuStockView,
    description: 'The SKU, with its id',
    headers: headerRefs('Location'),
  })
  @ApiProblems('sale-state-conflict')
  async add(
    @Param('saleId') saleId: string,
    @Body() body: AddSkuBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SkuStockView> {
    const id = await this.additions.add(saleId, body, actorOf(caller));
    void reply.header('Location', `/v1/admin/skus/${id}`);
    return this.skus.read(id);
  }
}
