import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { PrintableText } from '../platform/body-rules.js';

const REASON_LENGTH_MAX = 500;

export class CancelOrderBody {
  @ApiProperty({ example: true, description: 'Whether the units go back on sale, or stay sold' })
  @IsBoolean({ message: 'restock must be true or false' })
  restock!: boolean;

  @PrintableText(REASON_LENGTH_MAX, { example: 'The customer called', description: 'For the audit log' })
  reason!: string;
}
