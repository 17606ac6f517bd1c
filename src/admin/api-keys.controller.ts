import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { findApiKey, listApiKeys } from '../access/api-key-table.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import { actorOf, type Caller } from '../access/caller.js';
import { headerRefs } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Postgres } from '../platform/postgres.js';
import { decodeCursor, encodeCursor } from '../sales/page-cursor.js';
import { PageQuery } from '../sales/page.query.js';
import { PAGE_LIMIT } from '../sales/sale-limits.js';
import { IssueApiKeyBody, RevokeApiKeyQuery } from './api-key.body.js';
import { ApiKeyIdInPath, ApiKeyList, ApiKeyView, IssuedApiKeyView, toApiKeyView } from './api-key.view.js';
import { IssueApiKey } from './issue-api-key.js';
import { apiKeyNotFound, RevokeApiKey } from './revoke-api-key.js';

@ApiTags('Admin: API keys')
@Allow('admin')
@Controller('v1/admin/api-keys')
export class ApiKeysController {
  constructor(
    private readonly issuing: IssueApiKey,
    private readonly revoking: RevokeApiKey,
    private readonly postgres: Postgres,
  ) {}

  @Post()
  @ApiOperation({ operationId: 'issueApiKey', summary: 'Makes a key, which is shown in this answer and never again' })
  @ApiCreatedResponse({
    type: IssuedApiKeyView,
    description: 'The key; it works at once, in every process',
    headers: headerRefs('Location'),
  })
  async issue(
    @Body() body: IssueApiKeyBody,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedApiKeyView> {
    const { key, row } = await this.issuing.issue(body, actorOf(caller));
    void reply.header('Location', `/v1/admin/api-keys/${row.id}`);
    return { ...toApiKeyView(row), key };
  }

  @Get()
  @ApiOperation({ operationId: 'listApiKeys', summary: 'Every key, revoked ones too; the newest first' })
  @ApiOkResponse({ type: ApiKeyList, description: 'A page' })
  async list(@Query() { limit = PAGE_LIMIT.initial, cursor }: PageQuery): Promise<ApiKeyList> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const rows = await listApiKeys(this.postgres, limit + 1, after);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = rows.length > limit && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null;
    return { items: page.map(toApiKeyView), nextCursor };
  }

  @Get(':keyId')
  @ApiOperation({
    operationId: 'getApiKey',
    summary: 'One key: what it may, when it was last used, whether it is revoked',
  })
  @ApiKeyIdInPath()
  @ApiOkResponse({ type: ApiKeyView, description: 'The key' })
  @ApiProblems('api-key-not-found')
  async read(@Param('keyId') keyId: string): Promise<ApiKeyView> {
    const row = await findApiKey(this.postgres, keyId);
    if (!row) throw apiKeyNotFound();
    return toApiKeyView(row);
  }

  @Delete(':keyId')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revokes a key for good; within 5 s no process takes it any more',
  })
  @ApiKeyIdInPath()
  @ApiOkResponse({ type: ApiKeyView, description: 'Revoked; a repeat is the same' })
  @ApiProblems('api-key-not-found', 'api-key-in-use')
  async revoke(
    @Param('keyId') keyId: string,
    @Query() { reason }: RevokeApiKeyQuery,
    @CallerOf() caller: Caller,
  ): Promise<ApiKeyView> {
    return toApiKeyView(await this.revoking.revoke(keyId, reason, caller));
  }
}
