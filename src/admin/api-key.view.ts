import { ApiProperty } from '@nestjs/swagger';
import type { ApiKeyRow } from '../access/api-key-table.js';
import { ApiKeyScope } from '../generated/prisma/enums.js';
import { PathId } from '../platform/body-rules.js';

export const ApiKeyIdInPath = (): MethodDecorator => PathId('keyId', 'The id of an API key', 'key_4k2m9x0a1b3c');

/** An API key as operators see it: never the key itself. */
export class ApiKeyView {
  @ApiProperty({ example: 'key_4k2m9x0a1b3c' })
  id!: string;
  @ApiProperty({ example: 'Shop backend, Frankfurt' })
  name!: string;
  @ApiProperty({ type: String, enum: Object.values(ApiKeyScope), example: 'storefront' })
  scope!: ApiKeyScope;
  @ApiProperty({ format: 'date-time', example: '2026-11-20T09:30:00.000Z' })
  createdAt!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-21T08:00:00.000Z',
    description: 'To the minute; null: never',
  })
  lastUsedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt!: string | null;
}

export class IssuedApiKeyView extends ApiKeyView {
  @ApiProperty({
    example: 'hf_sk_q0w9e8r7t6y5u4i3o2p1a0s9d8f7g6h5j4k3l2z1',
    description: 'The key. It is shown here and never again: only its SHA-256 is kept',
  })
  key!: string;
}

export class ApiKeyList {
  @ApiProperty({ type: [ApiKeyView] })
  items!: ApiKeyView[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
}

export function toApiKeyView({
  id,
  name,
  scope,
  createdAt,
  lastUsedAt,
  revokedAt,
}: ApiKeyRow): Omit<IssuedApiKeyView, 'key'> {
  return {
    ...{ id, name, scope, createdAt: createdAt.toISOString() },
    ...{ lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null },
  };
}
