-- A customer who calls has the payment's reference in hand. Orders cannot be written while this is made: about a second
-- for a million of them.
CREATE INDEX "orders_payment_reference_idx" ON "orders"("payment_reference");
