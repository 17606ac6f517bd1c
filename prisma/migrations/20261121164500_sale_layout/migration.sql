-- In which form the sale's keys and records in Redis are written; raised by a rebuild, together with the epoch.
-- Locks "sales" for a moment: a constant default rewrites no row.
ALTER TABLE "sales" ADD COLUMN "layout" INTEGER NOT NULL DEFAULT 1;
