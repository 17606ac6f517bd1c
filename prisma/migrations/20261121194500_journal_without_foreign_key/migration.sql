-- A look at the sale for each row was a quarter of what a journalled hold costs Postgres (49 µs of which 12), and a lock on
-- the sale's row for each batch. Whoever journals has read the sale's epoch under the sale's lock, and no sale is deleted.
ALTER TABLE "reservations" DROP CONSTRAINT "reservations_sale_id_fkey";
