-- A trigger of rows does not see a TRUNCATE. Locks "audit" for a moment.
CREATE TRIGGER "audit_not_truncated" BEFORE TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
