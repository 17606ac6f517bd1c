-- The release schedule counts withheld units at every look. Locks the table against writes while it is built.
CREATE INDEX "withdrawn_units_withheld_idx" ON "withdrawn_units"("sku_id") WHERE "withheld";
