-- Holds that operators release or prolong in bulk: what was asked, how far it is. New tables lock nothing.
CREATE TYPE "BulkAction" AS ENUM ('release', 'extend');
CREATE TYPE "BulkStatus" AS ENUM ('running', 'done', 'stopped');

CREATE TABLE "bulk_runs" (
    "id" TEXT NOT NULL,
    "action" "BulkAction" NOT NULL,
    "filter" JSONB NOT NULL,
    "seconds" INTEGER,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "status" "BulkStatus" NOT NULL DEFAULT 'running',
    "matching" INTEGER NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "cursor" TEXT NOT NULL DEFAULT '',
    "plan" JSONB,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "failures" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "bulk_runs_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "bulk_runs_asked_at_id_idx" ON "bulk_runs"("asked_at", "id");

-- Workers look for these several times a second.
CREATE INDEX "bulk_runs_running_idx" ON "bulk_runs"("asked_at") WHERE "status" = 'running';
