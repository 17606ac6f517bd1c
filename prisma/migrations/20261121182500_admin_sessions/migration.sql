-- Sessions of the dashboard: whoever signed in with an admin key, until when. A new table; locks "api_keys" for a moment.
CREATE TABLE "admin_sessions" (
  "id" TEXT NOT NULL,
  "token_hash" CHAR(64) NOT NULL,
  "key_id" TEXT NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "admin_sessions_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "admin_sessions_token_hash_key" ON "admin_sessions" ("token_hash");
CREATE INDEX "admin_sessions_expires_at_idx" ON "admin_sessions" ("expires_at");
ALTER TABLE "admin_sessions" ADD CONSTRAINT "admin_sessions_key_id_fkey"
  FOREIGN KEY ("key_id") REFERENCES "api_keys" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
