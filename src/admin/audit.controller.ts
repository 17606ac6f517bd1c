import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { Postgres } from '../platform/postgres.js';
import { PAGE_LIMIT } from '../sales/sale-limits.js';
import { type AuditLine, AuditPage, AuditQuery } from './audit.dto.js';
import { type AuditRow, listAudit } from './list-audit.js';
import { decodeNumber, encodeNumber } from './number-cursor.js';

@ApiTags('Admin: audit')
@Allow('admin')
@Controller('v1/admin/audit')
export class AuditController {
  constructor(private readonly postgres: Postgres) {}

  @Get()
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Who did what, why, and what it changed: the newest first. Lines are never changed nor removed',
  })
  @ApiOkResponse({ type: AuditPage, description: 'A page' })
  async list(@Query() { limit = PAGE_LIMIT.initial, cursor, ...wanted }: AuditQuery): Promise<AuditPage> {
    const rows = await listAudit(this.postgres, { ...wanted, after: decodeNumber(cursor), limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { items: page.map(toLine), nextCursor: rows.length > limit && last ? encodeNumber(last.id) : null };
  }
}

function toLine({ id, at, ...line }: AuditRow): AuditLine {
  return { ...line, id: String(id), at: at.toISOString() };
}
