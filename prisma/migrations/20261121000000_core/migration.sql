-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "SaleStatus" AS ENUM ('draft', 'scheduled', 'open', 'paused', 'closed');

-- CreateEnum
CREATE TYPE "LatePayment" AS ENUM ('rehold', 'refuse');

-- CreateEnum
CREATE TYPE "WithdrawnReason" AS ENUM ('capacity', 'block');

-- CreateEnum
CREATE TYPE "ApiKeyScope" AS ENUM ('storefront', 'admin');

-- CreateEnum
CREATE TYPE "ReservationStatus" AS ENUM ('held', 'checkout', 'confirmed', 'released', 'expired');

-- CreateEnum
CREATE TYPE "OrderStatus" AS ENUM ('confirmed', 'cancelled');

-- CreateEnum
CREATE TYPE "OutcomeKind" AS ENUM ('ordered', 'refused');

-- CreateTable
CREATE TABLE "sales" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" "SaleStatus" NOT NULL DEFAULT 'draft',
    "opens_at" TIMESTAMPTZ(3),
    "closes_at" TIMESTAMPTZ(3),
    "opened_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "hold_ttl_seconds" INTEGER NOT NULL,
    "checkout_ttl_seconds" INTEGER NOT NULL,
    "queue_timeout_seconds" INTEGER NOT NULL,
    "units_per_customer_max" INTEGER,
    "extensions_max" INTEGER NOT NULL,
    "extension_step_seconds" INTEGER NOT NULL,
    "hold_age_seconds_max" INTEGER NOT NULL,
    "late_payment" "LatePayment" NOT NULL DEFAULT 'rehold',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "redis_run_id" TEXT,
    "rebuilt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sales_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "skus" (
    "id" TEXT NOT NULL,
    "sale_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "unit_price" INTEGER NOT NULL,
    "units_per_customer_max" INTEGER,
    "numbered" INTEGER NOT NULL,
    "stock_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "skus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "units" (
    "sku_id" TEXT NOT NULL,
    "unit_no" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "section" TEXT,
    "row" TEXT,
    "seat" INTEGER,

    CONSTRAINT "units_pkey" PRIMARY KEY ("sku_id","unit_no")
);

-- CreateTable
CREATE TABLE "withdrawn_units" (
    "sku_id" TEXT NOT NULL,
    "unit_no" INTEGER NOT NULL,
    "reason" "WithdrawnReason" NOT NULL,
    "version" INTEGER NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "withdrawn_units_pkey" PRIMARY KEY ("sku_id","unit_no")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_hash" CHAR(64) NOT NULL,
    "scope" "ApiKeyScope" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reservations" (
    "id" TEXT NOT NULL,
    "sale_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "status" "ReservationStatus" NOT NULL,
    "epoch" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "hold_sequence" BIGINT NOT NULL,
    "mode" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "lines" JSONB NOT NULL,
    "total" BIGINT NOT NULL,
    "metadata" JSONB,
    "extensions" INTEGER NOT NULL DEFAULT 0,
    "queued_at" TIMESTAMPTZ(3) NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "checkout_at" TIMESTAMPTZ(3),
    "checkout_expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "reservations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sold_units" (
    "sku_id" TEXT NOT NULL,
    "unit_no" INTEGER NOT NULL,
    "reservation_id" TEXT NOT NULL,
    "sold_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sold_units_pkey" PRIMARY KEY ("sku_id","unit_no")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" TEXT NOT NULL,
    "reservation_id" TEXT NOT NULL,
    "sale_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "status" "OrderStatus" NOT NULL DEFAULT 'confirmed',
    "currency" CHAR(3) NOT NULL,
    "total" BIGINT NOT NULL,
    "payment_reference" TEXT NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "order_id" TEXT NOT NULL,
    "line_no" INTEGER NOT NULL,
    "sku_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" INTEGER NOT NULL,
    "units" INTEGER[],

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("order_id","line_no")
);

-- CreateTable
CREATE TABLE "payment_outcomes" (
    "reservation_id" TEXT NOT NULL,
    "payment_reference" TEXT NOT NULL,
    "outcome" "OutcomeKind" NOT NULL,
    "order_id" TEXT,
    "problem" JSONB,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_outcomes_pkey" PRIMARY KEY ("reservation_id","payment_reference")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "sale_id" TEXT NOT NULL,
    "reservation_id" TEXT,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sales_key_key" ON "sales"("key");

-- CreateIndex
CREATE UNIQUE INDEX "sales_slug_key" ON "sales"("slug");

-- CreateIndex
CREATE INDEX "sales_status_idx" ON "sales"("status");

-- CreateIndex
CREATE UNIQUE INDEX "skus_sale_id_ordinal_key" ON "skus"("sale_id", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "units_sku_id_label_key" ON "units"("sku_id", "label");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "reservations_sale_id_customer_id_held_at_idx" ON "reservations"("sale_id", "customer_id", "held_at");

-- CreateIndex
CREATE INDEX "reservations_sale_id_status_expires_at_idx" ON "reservations"("sale_id", "status", "expires_at");

-- CreateIndex
CREATE INDEX "reservations_status_checkout_expires_at_idx" ON "reservations"("status", "checkout_expires_at");

-- CreateIndex
CREATE INDEX "sold_units_reservation_id_idx" ON "sold_units"("reservation_id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_reservation_id_key" ON "orders"("reservation_id");

-- CreateIndex
CREATE INDEX "orders_customer_id_confirmed_at_idx" ON "orders"("customer_id", "confirmed_at");

-- CreateIndex
CREATE INDEX "orders_sale_id_confirmed_at_idx" ON "orders"("sale_id", "confirmed_at");

-- CreateIndex
CREATE INDEX "audit_subject_id_idx" ON "audit"("subject", "id");

-- AddForeignKey
ALTER TABLE "skus" ADD CONSTRAINT "skus_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sales"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "units" ADD CONSTRAINT "units_sku_id_fkey" FOREIGN KEY ("sku_id") REFERENCES "skus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "withdrawn_units" ADD CONSTRAINT "withdrawn_units_sku_id_fkey" FOREIGN KEY ("sku_id") REFERENCES "skus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sales"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sold_units" ADD CONSTRAINT "sold_units_sku_id_fkey" FOREIGN KEY ("sku_id") REFERENCES "skus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "reservations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sales"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_outcomes" ADD CONSTRAINT "payment_outcomes_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "reservations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say.

-- The ledger's clock. Every deadline that Postgres decides is compared with this; tests replace it to move time.
CREATE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

-- The relay reads only what is not delivered yet.
CREATE INDEX "outbox_pending_idx" ON "outbox"("id") WHERE "delivered_at" IS NULL;

ALTER TABLE "skus" ADD CONSTRAINT "skus_numbered_check" CHECK ("numbered" >= 0 AND "ordinal" >= 1 AND "unit_price" >= 0);
ALTER TABLE "sales" ADD CONSTRAINT "sales_epoch_check" CHECK ("epoch" >= 0 AND "revision" >= 1);
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_version_check" CHECK ("version" >= 2 AND "epoch" >= 1);

-- The audit log is append-only, whoever connects.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit rows are never changed or deleted';
END $$;
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit"
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
