import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { CUSTOMER_ID } from '../reservations/reserve.dto.js';
import { OrderResource } from './order.js';

export class ConfirmBody {
  @ApiProperty({ example: 'pay_7788', description: "The payment's id at its provider: one outcome each" })
  @IsString()
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'paymentReference must be 1 to 200 printable characters without spaces' })
  paymentReference!: string;

  @ApiProperty({ required: false, example: 9000, description: 'Minor units; compared with the total when given' })
  @ValidateIf((body: ConfirmBody) => body.amount !== undefined)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  amount?: number;

  @ApiProperty({ required: false, example: 'EUR', description: "Compared with the sale's when given" })
  @ValidateIf((body: ConfirmBody) => body.currency !== undefined)
  @IsString()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters (ISO 4217)' })
  currency?: string;
}

export class EndReservationQuery {
  @ApiProperty({ required: false, example: 'changed my mind' })
  @IsOptional()
  @IsString()
  @Matches(/^[^\p{C}]{1,500}$/u, { message: 'reason must be 1 to 500 printable characters' })
  reason?: string;
}

export class ListOrdersQuery {
  @ApiProperty({ required: false, example: 'c_42' })
  @IsOptional()
  @IsString()
  @Matches(CUSTOMER_ID, { message: 'customerId must be 1 to 128 printable characters' })
  customerId?: string;

  @ApiProperty({ required: false, example: 'sale_k3v9x2m1qa' })
  @IsOptional()
  @IsString()
  @Matches(/^sale_[a-z0-9]{1,40}$/, { message: 'saleId must be the id of a sale' })
  saleId?: string;

  @ApiProperty({ required: false, description: 'nextCursor of the page before' })
  @IsOptional()
  @Matches(/^ord_[a-z0-9]{1,40}$/, { message: 'cursor must be a nextCursor of this list' })
  cursor?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: 100, default: 50 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;
}

export class OrderList {
  @ApiProperty({ type: [OrderResource] })
  items!: OrderResource[];
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
