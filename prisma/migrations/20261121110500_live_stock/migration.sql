-- Stock that changes while it is sold. Columns with constant defaults: each ALTER locks its table for a moment only.

-- AlterTable
ALTER TABLE "skus" ADD COLUMN "capacity_target" INTEGER,
ADD COLUMN "removed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "withdrawn_units" ADD COLUMN "withheld" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "unit_releases" (
    "id" BIGSERIAL NOT NULL,
    "sku_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "quantity" INTEGER NOT NULL,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "unit_releases_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "unit_releases_sku_id_at_idx" ON "unit_releases"("sku_id", "at");

-- AddForeignKey
ALTER TABLE "unit_releases" ADD CONSTRAINT "unit_releases_sku_id_fkey" FOREIGN KEY ("sku_id") REFERENCES "skus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say.

-- The schedule looks only for what is still to be released.
CREATE INDEX "unit_releases_pending_idx" ON "unit_releases"("at") WHERE "released_at" IS NULL;

ALTER TABLE "skus" ADD CONSTRAINT "skus_capacity_target_check" CHECK ("capacity_target" >= 0);
ALTER TABLE "unit_releases" ADD CONSTRAINT "unit_releases_quantity_check" CHECK ("quantity" > 0);
