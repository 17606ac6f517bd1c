-- The relay takes the oldest facts of each sale, however many others wait behind them. Facts cannot be written while this
-- is made: about a second for a million that are not delivered.
DROP INDEX "outbox_pending_idx";
CREATE INDEX "outbox_pending_idx" ON "outbox"("sale_id", "id") WHERE "delivered_at" IS NULL;
