-- The history of reservations: a row for each change of the journal, written by the statement that makes the change, so that
-- no writer can forget it, not even one of the version before. A new table; the triggers lock "reservations" for a moment.
CREATE TABLE "transitions" (
    "reservation_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "sale_id" TEXT NOT NULL,
    "tx" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "actor" TEXT,
    "reason" TEXT,
    "detail" JSONB,

    CONSTRAINT "transitions_pkey" PRIMARY KEY ("reservation_id", "sequence")
);
CREATE INDEX "transitions_sale_id_tx_id_idx" ON "transitions"("sale_id", "tx", "id");

CREATE FUNCTION transition_actor() RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('holdfast.actor', true), '') $$;

-- New rows by the statement, a batch at a time: this is the way of every hold.
CREATE FUNCTION note_made_reservations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  who text := transition_actor();
BEGIN
  INSERT INTO transitions (reservation_id, sequence, sale_id, kind, at, until, actor, reason)
  SELECT m.id, m.version, m.sale_id, m.status::text, coalesce(m.ended_at, m.held_at),
    CASE WHEN m.status = 'held' THEN m.expires_at END, who, m.end_reason
  FROM made m ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "reservations_made" AFTER INSERT ON "reservations"
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION note_made_reservations();

-- `UPDATE OF version`: what changes no version (an erasure, say) is no transition, and costs nothing.
CREATE FUNCTION note_changed_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO transitions (reservation_id, sequence, sale_id, kind, at, until, actor, reason, detail)
  VALUES (NEW.id, NEW.version, NEW.sale_id,
    CASE WHEN NEW.status = 'held' THEN 'extended' WHEN NEW.status = 'confirmed' AND OLD.status = 'confirmed' THEN 'cancelled'
      ELSE NEW.status::text END,
    CASE WHEN NEW.status IN ('released', 'expired') THEN coalesce(NEW.ended_at, ledger_now()) ELSE ledger_now() END,
    CASE NEW.status WHEN 'held' THEN NEW.expires_at WHEN 'checkout' THEN NEW.checkout_expires_at END,
    transition_actor(),
    CASE WHEN NEW.status IN ('released', 'expired') THEN NEW.end_reason
      ELSE nullif(current_setting('holdfast.reason', true), '') END,
    nullif(current_setting('holdfast.detail', true), '')::jsonb)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "reservations_changed" AFTER UPDATE OF "version" ON "reservations"
  FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION note_changed_reservation();

-- The history of a reservation is forgotten with it.
CREATE FUNCTION forget_transitions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM transitions t USING gone WHERE t.reservation_id = gone.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "reservations_forgotten" AFTER DELETE ON "reservations"
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_transitions();

-- Append-only, whoever connects: a reason may be erased with its customer, and a row goes with its reservation.
CREATE FUNCTION transitions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'transitions are never changed or deleted'; END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.reason IS NULL THEN
      NEW.reason := OLD.reason;
      IF NEW IS NOT DISTINCT FROM OLD THEN
        NEW.reason := NULL;
        RETURN NEW;
      END IF;
    END IF;
    RAISE EXCEPTION 'transitions are never changed or deleted';
  END IF;
  IF EXISTS (SELECT 1 FROM reservations r WHERE r.id = OLD.reservation_id) THEN
    RAISE EXCEPTION 'transitions are never changed or deleted';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER "transitions_append_only" BEFORE UPDATE OR DELETE ON "transitions"
  FOR EACH ROW EXECUTE FUNCTION transitions_are_append_only();
CREATE TRIGGER "transitions_not_truncated" BEFORE TRUNCATE ON "transitions"
  FOR EACH STATEMENT EXECUTE FUNCTION transitions_are_append_only();
