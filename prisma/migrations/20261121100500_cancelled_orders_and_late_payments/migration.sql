-- Columns without a default and a constraint dropped: each takes its table's exclusive lock for a moment, and rewrites
-- nothing. The check reads the orders once under that lock.

-- Whether the units of a cancelled order went back on sale; null until it is cancelled.
ALTER TABLE "orders" ADD COLUMN "restocked" BOOLEAN;

-- The reservation under which the units of a late payment were held again; null for a payment in time.
ALTER TABLE "orders" ADD COLUMN "held_as" TEXT;

ALTER TABLE "orders" ADD CONSTRAINT "orders_cancelled_check"
  CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL) AND ("status" = 'cancelled') = ("restocked" IS NOT NULL));

-- A rebuild reads which orders of a sale were restocked.
CREATE INDEX "orders_restocked_idx" ON "orders"("sale_id") WHERE "restocked";

-- A payment for a reservation that never was a hold has its outcome too, and no row in the journal.
ALTER TABLE "payment_outcomes" DROP CONSTRAINT "payment_outcomes_reservation_id_fkey";
