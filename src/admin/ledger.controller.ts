import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { ApiProblems } from '../platform/api-problems.js';
import { CheckLedger } from './check-ledger.js';
import { LedgerCheckList, LedgerCheckQuery, LedgerRepair, RepairLedgerBody } from './ledger.dto.js';
import { RepairLedger } from './repair-ledger.js';

@ApiTags('Admin: ledger')
@Allow('admin')
@Controller('v1/admin/ledger')
export class LedgerController {
  constructor(
    private readonly checking: CheckLedger,
    private readonly repairing: RepairLedger,
  ) {}

  @Get('check')
  @ApiOperation({
    operationId: 'checkLedger',
    summary: 'Compares Redis with Postgres while the sale goes on; takes some seconds where something seems to differ',
  })
  @ApiOkResponse({ type: LedgerCheckList, description: 'What was compared, what does not agree, and what that means' })
  @ApiProblems('sale-not-found')
  check(@Query() { saleId }: LedgerCheckQuery): Promise<LedgerCheckList> {
    return this.checking.check(saleId);
  }

  @Post('repair')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'repairLedger',
    summary:
      'Builds a sale in Redis anew from Postgres, or (dry run, unless told otherwise) says what that would change',
  })
  @ApiOkResponse({ type: LedgerRepair, description: 'Done, or (dry run) what would be' })
  @ApiProblems('sale-not-found', 'sale-state-conflict')
  repair(@Body() body: RepairLedgerBody, @CallerOf() caller: Caller): Promise<LedgerRepair> {
    return this.repairing.repair(body, actorOf(caller));
  }
}
