-- When a restore ended the node: what it had signed may be missing in the backup, so its machine certificates are refused by
-- the prefix of their serial numbers. Null for a node that may run.
ALTER TABLE nodes ADD COLUMN retired_at_ms BIGINT;

-- The certificate of an edge whose record was lost has no edge: its kind says whose it is.
DROP INDEX certificates_refused;
CREATE INDEX certificates_refused ON certificates (not_after_ms)
    WHERE revoked_at_ms IS NOT NULL AND (enrollment_id IS NOT NULL OR kind = 'edge');
