-- When a key was last used, to the minute, so that nobody revokes one that still works for somebody.
-- Locks "api_keys" for a moment: a column without a default rewrites no row.
ALTER TABLE "api_keys" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
