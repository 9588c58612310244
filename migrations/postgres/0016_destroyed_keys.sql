-- When the key of a request was destroyed: those that have ended and still have theirs are looked through.

ALTER TABLE erasure_requests ADD COLUMN destroyed_at timestamptz;
CREATE INDEX erasure_requests_ended ON erasure_requests (serial)
WHERE stage IN ('closed', 'refused', 'withdrawn', 'duplicate') AND destroyed_at IS NULL;
