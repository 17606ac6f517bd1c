-- What is forgotten on purpose must not look lost. Two columns without a default: the table is locked for an instant only.
ALTER TABLE "sales" ADD COLUMN "forgets_since" TIMESTAMPTZ(3), ADD COLUMN "retired_at" TIMESTAMPTZ(3);
