import { ApiProperty } from '@nestjs/swagger';
import type { AdminCaller } from '../access/caller.js';

/** Who is signed in, by which key. */
export class SessionView {
  @ApiProperty({ example: 'key_4k2m9x0a1b3c', description: 'The key that it was opened with; it ends with it' })
  keyId!: string;
  @ApiProperty({ example: 'Night shift' })
  name!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-22T08:00:00.000Z',
    description: 'null: the caller came with the key itself',
  })
  expiresAt!: string | null;
}

export function toSessionView({ keyId, name, session }: AdminCaller): SessionView {
  return { keyId, name, expiresAt: session?.expiresAt ?? null };
}
